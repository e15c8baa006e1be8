#include "bulk.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* struct _virTypedParameter */
typedef struct {
	char field[80];
	int type;
	union {
		int i;
		unsigned int ui;
		long long int l;
		unsigned long long int ul;
		double d;
		char b;
		char *s;
	} value;
} parameter;

/* struct _virDomainStatsRecord */
typedef struct {
	void *dom;
	parameter *params;
	int nparams;
} record;

/* struct _virError */
typedef struct {
	int code, domain;
	char *message;
	int level;
	void *conn, *dom;
	char *str1, *str2, *str3;
	int int1, int2;
	void *net;
} virError;

static struct {
	int (*getAllDomainStats)(void *conn, unsigned int groups, record ***records, unsigned int flags);
	void (*freeRecords)(record **records);
	int (*listAllDomains)(void *conn, void ***domains, unsigned int flags);
	int (*freeDomain)(void *dom);
	int (*getUUID)(void *dom, unsigned char *uuid);
	const char *(*getName)(void *dom);
	virError *(*lastError)(void);
} lib;

static pthread_once_t loaded = PTHREAD_ONCE_INIT;

/* load finds the functions in the library that the process has loaded already,
 * by its linker or by the binding. */
static void load(void)
{
	void *handle = dlopen("libvirt.so.0", RTLD_NOW);
	if (!handle)
		return;
	*(void **)&lib.getAllDomainStats = dlsym(handle, "virConnectGetAllDomainStats");
	*(void **)&lib.freeRecords = dlsym(handle, "virDomainStatsRecordListFree");
	*(void **)&lib.listAllDomains = dlsym(handle, "virConnectListAllDomains");
	*(void **)&lib.freeDomain = dlsym(handle, "virDomainFree");
	*(void **)&lib.getUUID = dlsym(handle, "virDomainGetUUID");
	*(void **)&lib.getName = dlsym(handle, "virDomainGetName");
	*(void **)&lib.lastError = dlsym(handle, "virGetLastError");
}

static void describe(kvmError *err)
{
	virError *last = lib.lastError ? lib.lastError() : NULL;
	if (!last)
		return;
	err->code = last->code;
	err->domain = last->domain;
	err->errnum = last->int1;
	if (last->message)
		strncpy(err->message, last->message, sizeof(err->message) - 1);
}

int kvmLastErrno(void)
{
	kvmError err = {0};
	pthread_once(&loaded, load);
	describe(&err);
	return err.errnum;
}

static long long number(const parameter *p)
{
	switch (p->type) { /* virTypedParameterType */
	case 1: return p->value.i;
	case 2: return p->value.ui;
	case 3: return p->value.l;
	case 4: return (long long)p->value.ul;
	default: return -1;
	}
}

static int hasSuffix(const char *s, const char *suffix)
{
	size_t n = strlen(s), m = strlen(suffix);
	return n >= m && !memcmp(s + n - m, suffix, m);
}

static void add(long long *sum, long long n)
{
	*sum = *sum < 0 ? n : *sum + n;
}

/* take notes one parameter. Fields of devices are PREFIX.NUMBER.NAME. */
static void take(kvmDomain *d, const parameter *p)
{
	static const struct { const char *field; size_t offset; } plain[] = {
		{"cpu.time", offsetof(kvmDomain, cpuTime)},
		{"vcpu.current", offsetof(kvmDomain, vcpus)},
		{"balloon.current", offsetof(kvmDomain, balloonCurrent)},
		{"balloon.maximum", offsetof(kvmDomain, balloonMaximum)},
		{"balloon.available", offsetof(kvmDomain, available)},
		{"balloon.unused", offsetof(kvmDomain, unused)},
		{"balloon.usable", offsetof(kvmDomain, usable)},
	};
	static const struct { const char *prefix, *suffix; size_t offset; } summed[] = {
		{"vcpu.", ".time", offsetof(kvmDomain, vcpuTime)},
		{"net.", ".rx.bytes", offsetof(kvmDomain, nicRx)},
		{"net.", ".tx.bytes", offsetof(kvmDomain, nicTx)},
		{"block.", ".rd.bytes", offsetof(kvmDomain, diskRead)},
		{"block.", ".wr.bytes", offsetof(kvmDomain, diskWrite)},
		{"block.", ".rd.reqs", offsetof(kvmDomain, diskOps)},
		{"block.", ".wr.reqs", offsetof(kvmDomain, diskOps)},
	};

	if (!strcmp(p->field, "state.state")) {
		d->state = p->value.i;
		return;
	}
	if (!strcmp(p->field, "state.reason")) {
		d->reason = p->value.i;
		return;
	}
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		if (!strcmp(p->field, plain[i].field)) {
			*(long long *)((char *)d + plain[i].offset) = number(p);
			return;
		}
	for (size_t i = 0; i < sizeof(summed) / sizeof(summed[0]); i++)
		if (!strncmp(p->field, summed[i].prefix, strlen(summed[i].prefix)) && hasSuffix(p->field, summed[i].suffix))
			add((long long *)((char *)d + summed[i].offset), number(p));
}

static void fill(kvmDomain *d, const record *r)
{
	memset(d, 0, sizeof(*d));
	d->dom = r->dom;
	d->cpuTime = d->vcpuTime = d->vcpus = -1;
	d->balloonCurrent = d->balloonMaximum = d->available = d->unused = d->usable = -1;
	d->diskRead = d->diskWrite = d->diskOps = d->nicRx = d->nicTx = -1;
	lib.getUUID(r->dom, d->uuid);
	for (int i = 0; i < r->nparams; i++)
		take(d, &r->params[i]);
}

/* complete says whether the library has what we call. */
static int complete(kvmError *err)
{
	pthread_once(&loaded, load);
	if (lib.getAllDomainStats && lib.freeRecords && lib.listAllDomains && lib.freeDomain && lib.getUUID && lib.getName)
		return 1;
	err->code = 3; /* VIR_ERR_NO_SUPPORT */
	strcpy(err->message, "libvirt has no virConnectGetAllDomainStats");
	return 0;
}

/* room is malloc that does not fail. */
static void *room(int n, size_t size)
{
	void *p = malloc((n ? n : 1) * size);
	if (!p)
		abort();
	return p;
}

int kvmAllDomains(void *conn, unsigned int groups, unsigned int flags, kvmDomains *all, kvmError *err)
{
	record **records = NULL;
	int n;

	if (!complete(err))
		return -1;
	n = lib.getAllDomainStats(conn, groups, &records, flags);
	if (n < 0) {
		describe(err);
		return -1;
	}
	all->domains = room(n, sizeof(kvmDomain));
	for (int i = 0; i < n; i++)
		fill(&all->domains[i], records[i]);
	all->n = n;
	all->records = records;
	return 0;
}

static int list(void *conn, unsigned int filter, kvmUUIDs *out, kvmError *err)
{
	void **domains = NULL;
	int n = lib.listAllDomains(conn, &domains, filter);

	if (n < 0) {
		describe(err);
		return -1;
	}
	out->ids = room(n, sizeof(*out->ids));
	out->n = n;
	for (int i = 0; i < n; i++) {
		lib.getUUID(domains[i], out->ids[i]);
		lib.freeDomain(domains[i]);
	}
	free(domains);
	return 0;
}

int kvmInventory(void *conn, unsigned int groups, const unsigned int filters[2], kvmDomains *all, kvmUUIDs filtered[2], kvmError *err)
{
	filtered[0].ids = filtered[1].ids = NULL;
	if (complete(err) && !list(conn, filters[0], &filtered[0], err) && !list(conn, filters[1], &filtered[1], err) &&
	    !kvmAllDomains(conn, groups, 0, all, err))
		return 0;
	free(filtered[0].ids);
	free(filtered[1].ids);
	return -1;
}

const char *kvmName(const kvmDomain *d)
{
	const char *name = lib.getName(d->dom);
	return name ? name : "";
}

void kvmFree(kvmDomains *all)
{
	lib.freeRecords(all->records);
	free(all->domains);
}

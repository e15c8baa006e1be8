/*
 * What bulk.c offers to Go. libvirt's own headers are not used, so that a build
 * with libvirt_dlopen needs none; the structs below are part of its ABI.
 */
#ifndef HYPERVISOR_BULK_H
#define HYPERVISOR_BULK_H

#include <stddef.h>

/* kvmDomain holds what we want of one record; -1 is "not said". */
typedef struct {
	void *dom; /* for kvmName, until kvmFree */
	unsigned char uuid[16];
	int state, reason;
	long long cpuTime, vcpuTime; /* ns */
	long long vcpus;
	long long balloonCurrent, balloonMaximum, available, unused, usable; /* KiB */
	long long diskRead, diskWrite, diskOps;
	long long nicRx, nicTx;
} kvmDomain;

typedef struct {
	kvmDomain *domains;
	int n;
	void *records;
} kvmDomains;

typedef struct {
	int code, domain, errnum;
	char message[1024];
} kvmError;

/* kvmAllDomains calls virConnectGetAllDomainStats once and fills all, to be
 * given to kvmFree; -1 with *err on failure. */
int kvmAllDomains(void *conn, unsigned int groups, unsigned int flags, kvmDomains *all, kvmError *err);
void kvmFree(kvmDomains *all);

/* kvmUUIDs are domains. Give ids to free. */
typedef struct {
	unsigned char (*ids)[16];
	int n;
} kvmUUIDs;

/* kvmInventory is kvmAllDomains, after virConnectListAllDomains with each of two
 * filters: three RPCs in one call from Go, whose scheduler looks after a call
 * that waits every 20 microseconds. */
int kvmInventory(void *conn, unsigned int groups, const unsigned int filters[2], kvmDomains *all, kvmUUIDs filtered[2], kvmError *err);

/* kvmName is a domain's name. libvirt takes long to say it: ask once. */
const char *kvmName(const kvmDomain *d);

/* kvmLastErrno is the errno in this thread's last libvirt error. */
int kvmLastErrno(void);

#endif

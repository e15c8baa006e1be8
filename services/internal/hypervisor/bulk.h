/*
 * What bulk.c offers to Go. libvirt's own headers are not used, so that a build
 * with libvirt_dlopen needs none; the structs below are part of its ABI.
 */
#ifndef HYPERVISOR_BULK_H
#define HYPERVISOR_BULK_H

#include <stddef.h>

/* kvmDomain holds what we want of one record; -1 is "not said". */
typedef struct {
	unsigned char uuid[16];
	char *name;
	int state, reason;
	long long cpuTime, vcpuTime; /* ns */
	long long vcpus;
	long long balloonCurrent, balloonMaximum, available, unused, usable; /* KiB */
	long long diskRead, diskWrite, diskOps;
	long long nicRx, nicTx;
} kvmDomain;

typedef struct {
	int code, domain, errnum;
	char message[1024];
} kvmError;

/* kvmAllDomains calls virConnectGetAllDomainStats once and returns the number
 * of domains in *out, to be given to kvmFree; -1 with *err on failure. */
int kvmAllDomains(void *conn, unsigned int groups, unsigned int flags, kvmDomain **out, kvmError *err);
void kvmFree(kvmDomain *domains, int n);

/* kvmLastErrno is the errno in this thread's last libvirt error. */
int kvmLastErrno(void);

#endif

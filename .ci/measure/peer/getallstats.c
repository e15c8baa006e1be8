/*
 * getallstats URI N: calls virConnectGetAllDomainStats N times over one
 * connection, with the groups state, cpu, balloon, vcpu, interface and block,
 * and prints the CPU seconds that the calls took in this process.
 */
#include <libvirt/libvirt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

static double cpu(void)
{
	struct rusage u;
	getrusage(RUSAGE_SELF, &u);
	return u.ru_utime.tv_sec + u.ru_stime.tv_sec + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

int main(int argc, char **argv)
{
	const unsigned int groups = VIR_DOMAIN_STATS_STATE | VIR_DOMAIN_STATS_CPU_TOTAL | VIR_DOMAIN_STATS_BALLOON |
		VIR_DOMAIN_STATS_VCPU | VIR_DOMAIN_STATS_INTERFACE | VIR_DOMAIN_STATS_BLOCK;
	virDomainStatsRecordPtr *records;
	virConnectPtr conn;
	double before;
	int n;

	if (argc != 3 || (n = atoi(argv[2])) <= 0) {
		fprintf(stderr, "usage: getallstats URI N\n");
		return 2;
	}
	conn = virConnectOpen(argv[1]);
	if (!conn)
		return 1;
	before = cpu();
	for (int i = 0; i < n; i++) {
		if (virConnectGetAllDomainStats(conn, groups, &records, 0) < 0)
			return 1;
		virDomainStatsRecordListFree(records);
	}
	printf("%.6f\n", cpu() - before);
	virConnectClose(conn);
	return 0;
}

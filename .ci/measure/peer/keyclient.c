/* keyclient SOCKET DROP KEYS: presses keys with libvncclient at the guest of
 * typist.c, and prints for each how many milliseconds passed until the first cell
 * of the decoded picture had changed, without the first DROP. */
#include <rfb/rfbclient.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void silent(const char *format, ...) { (void)format; }

/* white says whether the first cell is: -1 while there is no text screen. */
static int white(rfbClient *c) {
	if (c->width != 720 || c->height != 400)
		return -1;
	return (*(const uint32_t *)c->frameBuffer & 0xff) > 127;
}

/* once handles what the server sends next, and waits for it at most so long. */
static int once(rfbClient *c, double ms) {
	int ready = WaitForMessage(c, ms > 0 ? (unsigned)(ms * 1000) : 0);
	return ready < 0 || (ready > 0 && !HandleRFBServerMessage(c)) ? -1 : ready;
}

int main(int argc, char **argv) {
	if (argc != 4) {
		fprintf(stderr, "usage: %s SOCKET DROP KEYS\n", argv[0]);
		return 2;
	}
	int drop = atoi(argv[2]), keys = drop + atoi(argv[3]);
	rfbClientLog = rfbClientErr = silent;
	rfbClient *c = rfbGetClient(8, 3, 4);
	c->serverHost = strdup(argv[1]);
	c->appData.encodingsString = "raw";
	if (!rfbInitClient(c, NULL, NULL)) {
		fprintf(stderr, "%s: cannot connect to %s\n", argv[0], argv[1]);
		return 1;
	}
	int updated = 0;
	while (!updated || white(c) < 0)
		if ((updated = once(c, 10000)) <= 0)
			return 1;
	for (int i = 0; i < keys; i++) {
		double until = now() + 60 + i * 37 % 50;
		while (now() < until)
			if (once(c, until - now()) < 0)
				return 1;
		int before = white(c);
		double begun = now();
		SendKeyEvent(c, ' ', TRUE);
		SendKeyEvent(c, ' ', FALSE);
		while (white(c) == before)
			if (now() - begun > 10000 || once(c, 10000) < 0)
				return 1;
		if (i >= drop)
			printf("%.3f\n", now() - begun);
	}
	return 0;
}

/* vncclient SOCKET [FILE]: decodes with libvncclient what a VNC server at a Unix
 * socket sends until it ends the connection, as fast as it can. Prints the
 * megapixels, the CPU seconds and the number of the last frame, see
 * rfb.Frame.Hash, and writes the pixels of that frame, as four bytes each, to the
 * file. */
#include <rfb/rfbclient.h>
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

static double pixels;

static double cpu(void) {
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void drawn(rfbClient *c, int x, int y, int w, int h) {
	(void)c, (void)x, (void)y;
	pixels += (double)w * h;
}

static void silent(const char *format, ...) { (void)format; }

int main(int argc, char **argv) {
	if (argc != 2 && argc != 3) {
		fprintf(stderr, "usage: %s SOCKET [FILE]\n", argv[0]);
		return 2;
	}
	rfbClientLog = rfbClientErr = silent;
	rfbClient *c = rfbGetClient(8, 3, 4);
	c->serverHost = strdup(argv[1]);
	c->GotFrameBufferUpdate = drawn;
	c->appData.encodingsString = "tight zrle zlib hextile raw";
	double begin = cpu();
	if (!rfbInitClient(c, NULL, NULL)) {
		fprintf(stderr, "%s: cannot connect to %s\n", argv[0], argv[1]);
		return 1;
	}
	while (WaitForMessage(c, 10 * 1000 * 1000) > 0 && HandleRFBServerMessage(c))
		;
	double spent = cpu() - begin;
	uint64_t hash = 0;
	const uint32_t *pixel = (const uint32_t *)c->frameBuffer;
	for (long i = 0; i < (long)c->width * c->height; i++)
		hash = hash * 31 + (pixel[i] & 0xffffff);
	printf("%.6f %.6f %016" PRIx64 "\n", pixels / 1e6, spent, hash);
	if (argc == 2)
		return 0;
	FILE *file = fopen(argv[2], "w");
	size_t size = 4 * (size_t)c->width * (size_t)c->height;
	if (!file || fwrite(c->frameBuffer, 1, size, file) != size || fclose(file) != 0) {
		perror(argv[2]);
		return 1;
	}
	return 0;
}

/* gvncclient SOCKET: decodes with gvnc, the part of gtk-vnc below its widget, what
 * a VNC server at a Unix socket sends until it ends the connection. Prints the
 * megapixels, the CPU seconds and the number of the last frame, see
 * rfb.Frame.Hash. */
#include <gvnc.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

static GMainLoop *loop;
static double pixels, spent, begin;
static int width, height;
static guint8 *picture;

static double cpu(void) {
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void choose(VncConnection *c, GValueArray *types, gpointer data) {
	(void)types, (void)data;
	vnc_connection_set_auth_type(c, VNC_CONNECTION_AUTH_NONE);
}

/* The order of the recording, which does not listen: red lowest. */
static VncPixelFormat format = {
	.bits_per_pixel = 32, .depth = 24, .byte_order = G_LITTLE_ENDIAN, .true_color_flag = 1,
	.red_max = 255, .green_max = 255, .blue_max = 255, .red_shift = 0, .green_shift = 8, .blue_shift = 16,
};

static void resized(VncConnection *c, int w, int h, gpointer data) {
	(void)data;
	width = w;
	height = h;
	picture = calloc((size_t)w * (size_t)h, 4); /* the last one stays with its frame */
	vnc_connection_set_framebuffer(c, VNC_FRAMEBUFFER(vnc_base_framebuffer_new(
		picture, (guint16)w, (guint16)h, w * 4, &format, &format)));
}

static void ready(VncConnection *c, gpointer data) {
	gint32 encodings[] = {VNC_CONNECTION_ENCODING_TIGHT, VNC_CONNECTION_ENCODING_ZRLE, VNC_CONNECTION_ENCODING_HEXTILE,
			      VNC_CONNECTION_ENCODING_RAW, VNC_CONNECTION_ENCODING_DESKTOP_RESIZE};
	vnc_connection_set_pixel_format(c, &format);
	resized(c, vnc_connection_get_width(c), vnc_connection_get_height(c), data);
	vnc_connection_set_encodings(c, G_N_ELEMENTS(encodings), encodings);
	vnc_connection_framebuffer_update_request(c, FALSE, 0, 0, (guint16)width, (guint16)height);
}

static void drawn(VncConnection *c, int x, int y, int w, int h, gpointer data) {
	(void)c, (void)x, (void)y, (void)data;
	pixels += (double)w * h;
}

static void ended(VncConnection *c, gpointer data) {
	(void)c, (void)data;
	spent = cpu() - begin;
	g_main_loop_quit(loop);
}

int main(int argc, char **argv) {
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	if (argc != 2 || strlen(argv[1]) >= sizeof to.sun_path) {
		fprintf(stderr, "usage: %s SOCKET\n", argv[0]);
		return 2;
	}
	strcpy(to.sun_path, argv[1]);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) != 0) {
		perror(argv[1]);
		return 1;
	}
	loop = g_main_loop_new(NULL, FALSE);
	VncConnection *c = vnc_connection_new();
	g_signal_connect(c, "vnc-auth-choose-type", G_CALLBACK(choose), NULL);
	g_signal_connect(c, "vnc-initialized", G_CALLBACK(ready), NULL);
	g_signal_connect(c, "vnc-desktop-resize", G_CALLBACK(resized), NULL);
	g_signal_connect(c, "vnc-framebuffer-update", G_CALLBACK(drawn), NULL);
	g_signal_connect(c, "vnc-disconnected", G_CALLBACK(ended), NULL);
	begin = cpu();
	if (!vnc_connection_open_fd(c, fd)) {
		fprintf(stderr, "%s: cannot use %s\n", argv[0], argv[1]);
		return 1;
	}
	g_main_loop_run(loop);
	uint64_t hash = 0;
	for (long i = 0; i < (long)width * height; i++) {
		const guint8 *p = picture + 4 * i;
		hash = hash * 31 + (p[0] | p[1] << 8 | p[2] << 16);
	}
	printf("%.6f %.6f %016" PRIx64 "\n", pixels / 1e6, spent, hash);
	return 0;
}

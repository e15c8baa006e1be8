/*
 * mapped: prints a line, the window's number, at the moment when a window
 * larger than 200 by 200 pixels comes on the screen of DISPLAY. Before the first
 * it prints "ready". It ends with its display or by a signal.
 */
#include <X11/Xlib.h>
#include <stdio.h>

/* A window may be gone before we ask for its size. */
static int ignore(Display *display, XErrorEvent *event)
{
	(void)display;
	(void)event;
	return 0;
}

int main(void)
{
	Display *display = XOpenDisplay(NULL);
	XEvent event;
	XWindowAttributes window;

	if (!display)
		return 1;
	XSetErrorHandler(ignore);
	XSelectInput(display, DefaultRootWindow(display), SubstructureNotifyMask);
	XSync(display, False);
	puts("ready");
	fflush(stdout);
	for (;;) {
		XNextEvent(display, &event);
		if (event.type != MapNotify || event.xmap.override_redirect)
			continue;
		if (!XGetWindowAttributes(display, event.xmap.window, &window) || window.width < 200 || window.height < 200)
			continue;
		printf("%lu\n", event.xmap.window);
		fflush(stdout);
	}
}

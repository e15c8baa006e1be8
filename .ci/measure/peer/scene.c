/* scene: a guest for comparing decoders. It is a multiboot kernel that draws a
 * desktop of 1920x1080 pixels in steps: text that scrolls in a window, a window
 * that moves, full screens like photographs, a moving picture in a corner. After
 * each step it paints the corner at the bottom right black or white in turn, and
 * waits for a key. After the last it stops.
 *
 *	cc -m32 -O2 -ffreestanding -nostdlib -fno-pie -no-pie -static -Wl,-n \
 *	   -Wl,-Ttext=0x100000 -Wl,--build-id=none -o scene scene.c
 *	qemu-system-x86_64 -kernel scene -vga std ...
 */
typedef unsigned int u32;
typedef unsigned short u16;
typedef unsigned char u8;

enum { W = 1920, H = 1080, MARK = 16, SCROLLS = 12, MOVES = 16, PHOTOS = 3, FILMS = 12 };

__asm__(".section .multiboot, \"a\"\n"
	".align 4\n"
	".long 0x1badb002, 3, -(0x1badb002 + 3)\n"
	".text\n"
	".globl _start\n"
	"_start: mov $stack + 65536, %esp\n"
	"	call run\n"
	"1:	hlt\n"
	"	jmp 1b\n"
	".comm stack, 65536, 16\n");

static void out16(u16 port, u16 value) { __asm__ volatile("outw %0, %1" : : "a"(value), "Nd"(port)); }
static void out32(u16 port, u32 value) { __asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port)); }

static u32 in32(u16 port) {
	u32 value;
	__asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static u8 in8(u16 port) {
	u8 value;
	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static u32 *screen;

/* noise is a number that depends on a place and on nothing else. */
static u32 noise(u32 x, u32 y) {
	u32 h = x * 0x9e3779b1u ^ y * 0x85ebca77u;
	h = (h ^ h >> 15) * 0xc2b2ae3du;
	return h ^ h >> 13;
}

static u32 blend(u32 a, u32 b, u32 part) { return (a * (256 - part) + b * part) >> 8; }

/* cloud is noise that changes slowly: 0 to 255. */
static u32 cloud(u32 x, u32 y, u32 shift) {
	u32 cx = x >> shift, cy = y >> shift, mask = (1u << shift) - 1;
	u32 px = (x & mask) << 8 >> shift, py = (y & mask) << 8 >> shift;
	u32 top = blend(noise(cx, cy) & 255, noise(cx + 1, cy) & 255, px);
	u32 low = blend(noise(cx, cy + 1) & 255, noise(cx + 1, cy + 1) & 255, px);
	return blend(top, low, py);
}

/* photo is a pixel of a picture with large, small and tiny details. */
static u32 photo(u32 x, u32 y) {
	u32 r = (cloud(x, y, 7) * 3 + cloud(x, y, 4)) >> 2;
	u32 g = (cloud(x + 999, y, 7) * 3 + cloud(x, y + 7, 4)) >> 2;
	u32 b = (cloud(x, y + 777, 6) * 3 + cloud(x + 5, y, 3)) >> 2;
	u32 grain = noise(x, y) & 7;
	return (r & 0xf8) << 16 | (g & 0xf8) << 8 | (b & 0xf8) | grain << 8 | grain;
}

/* glyph says whether a pixel of a cell of 10x20 is ink, in one of 60 shapes with
 * soft edges: 0 to 255. */
static u32 glyph(u32 shape, u32 x, u32 y) {
	if (shape < 10 || x == 0 || x > 8 || y < 4 || y > 16)
		return 0;
	u32 strokes = noise(shape, 77);
	u32 across = (strokes >> (y / 3 & 7) & 1) && y % 3 == 0;
	u32 down = (strokes >> (8 + x / 3) & 1) && (x % 3 == 1) && ((strokes >> (16 + y / 5)) & 1);
	if (across || down)
		return 255;
	return (strokes >> (x + y) & 1) ? 0 : (x + y + shape) % 5 * 20;
}

/* text is a pixel of an endless page. */
static u32 text(u32 x, u32 y) {
	u32 row = y / 20, column = x / 10;
	u32 length = 20 + noise(row, 1) % 90;
	u32 ink = column < length ? glyph(noise(column, row) % 60, x % 10, y % 20) : 0;
	u32 colour = noise(row, 3) % 4 == 0 ? 0x8ae234 : 0xd3d7cf;
	u32 paper = 0x1e1e2e;
	return blend(paper >> 16, colour >> 16, ink) << 16 | blend(paper >> 8 & 255, colour >> 8 & 255, ink) << 8 |
	       blend(paper & 255, colour & 255, ink);
}

static u32 ground(u32 x, u32 y) { return (0x18 + x * 40 / W) << 16 | (0x30 + y * 80 / H) << 8 | (0x60 + y * 96 / H); }

static void put(u32 x, u32 y, u32 colour) { screen[y * W + x] = colour; }

static void terminal(u32 offset) {
	for (u32 y = 0; y < 880; y++)
		for (u32 x = 0; x < 1200; x++)
			put(60 + x, 80 + y, text(x, y + offset));
}

static void bar(u32 x, u32 y, u32 w, u32 colour) {
	for (u32 j = 0; j < 26; j++)
		for (u32 i = 0; i < w; i++)
			put(x + i, y + j, i > w - 22 && i < w - 6 && j > 4 && j < 20 ? 0xffffff : colour);
}

/* window moves from one place to the next: what it uncovers is drawn as it was. */
static void window(u32 fromX, u32 fromY, u32 toX, u32 toY, u32 offset) {
	for (u32 y = fromY; y < fromY + 500; y++)
		for (u32 x = fromX; x < fromX + 700; x++) {
			if (x >= toX && y >= toY)
				continue;
			int inside = x >= 60 && x < 1260 && y >= 80 && y < 960;
			put(x, y, inside ? text(x - 60, y - 80 + offset) : ground(x, y));
		}
	bar(toX, toY, 700, 0x4a90d9);
	for (u32 y = 26; y < 500; y++)
		for (u32 x = 0; x < 700; x++)
			put(toX + x, toY + y, text(x + 30, y + 4000));
}

static void step(void) {
	static u32 n;
	u32 colour = n++ & 1 ? 0xffffff : 0;
	for (u32 y = 0; y < MARK; y++)
		for (u32 x = 0; x < MARK; x++)
			put(W - MARK + x, H - MARK + y, colour);
	for (;;)
		if (in8(0x64) & 1 && !(in8(0x60) & 0x80))
			return;
}

static void findScreen(void) {
	for (u32 device = 0; device < 32; device++) {
		u32 at = 0x80000000 | device << 11;
		out32(0xcf8, at | 8);
		if (in32(0xcfc) >> 16 != 0x0300)
			continue;
		out32(0xcf8, at | 0x10);
		screen = (u32 *)(in32(0xcfc) & ~15u);
	}
	const u16 settings[][2] = {{4, 0}, {1, W}, {2, H}, {3, 32}, {4, 0x41}};
	for (u32 i = 0; i < sizeof settings / sizeof *settings; i++) {
		out16(0x1ce, settings[i][0]);
		out16(0x1cf, settings[i][1]);
	}
}

void run(void) {
	findScreen();
	for (u32 y = 0; y < H; y++)
		for (u32 x = 0; x < W; x++)
			put(x, y, ground(x, y));
	bar(60, 54, 1200, 0x3a3f4b);
	terminal(0);
	step();
	for (u32 i = 1; i <= SCROLLS; i++) {
		terminal(i * 60);
		step();
	}
	for (u32 i = 0; i < MOVES; i++) {
		window(200 + i * 14, 100 + i * 8, 214 + i * 14, 108 + i * 8, SCROLLS * 60);
		step();
	}
	for (u32 i = 0; i < PHOTOS; i++) {
		for (u32 y = 0; y < H; y++)
			for (u32 x = 0; x < W; x++)
				put(x, y, photo(x + i * 90, y + i * 70));
		step();
	}
	for (u32 i = 0; i < FILMS; i++) {
		for (u32 y = 0; y < 360; y++)
			for (u32 x = 0; x < 640; x++)
				put(1100 + x, 600 + y, photo(x + i * 37, y + i * 29));
		step();
	}
}

/* typist: a guest with a text screen. It is a multiboot kernel that turns the
 * first cell of the screen, which is white at the begin, black and white again in
 * turn with every key that is pressed. Its command line has it do more by itself:
 *
 *	letters  the second cell shows another letter 18 times a second
 *	scroll   lines of coloured letters come 50 times a second, for ever
 *
 * Otherwise it sleeps; its cursor does not blink.
 */
typedef unsigned int u32;
typedef unsigned short u16;
typedef unsigned char u8;

enum { COLUMNS = 80, ROWS = 25, BLOCK = 0x0fdb, SPACE = 0x0720, CLOCK = 1193182, KEYS = 0x21, TICKS = 0x20 };

__asm__(".section .multiboot, \"a\"\n"
	".align 4\n"
	".long 0x1badb002, 3, -(0x1badb002 + 3)\n"
	".text\n"
	".globl _start\n"
	"_start: mov $stack + 16384, %esp\n"
	"	push %ebx\n"
	"	call run\n"
	"1:	hlt\n"
	"	jmp 1b\n"
	".globl onKey, onTick\n"
	"onKey:	pusha\n"
	"	cld\n"
	"	call key\n"
	"	popa\n"
	"	iret\n"
	"onTick: pusha\n"
	"	cld\n"
	"	call tick\n"
	"	popa\n"
	"	iret\n"
	".comm stack, 16384, 16\n");

void onKey(void);
void onTick(void);

static u16 *const cells = (u16 *)0xb8000;
static int scrolls;

static void out(u16 port, u8 value) { __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port)); }

static u8 in(u16 port) {
	u8 value;
	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static void turn(void) {
	volatile u16 *first = cells;
	*first = *first == BLOCK ? SPACE : BLOCK;
}

/* line is the next line of an endless text below the others. */
static void line(void) {
	static u32 seed = 1;
	volatile u16 *to = cells;
	for (int i = 0; i < COLUMNS * (ROWS - 1); i++)
		to[i] = to[i + COLUMNS];
	u16 colour = (u16)((1 + (seed >> 20) % 15) << 8);
	for (int i = COLUMNS * (ROWS - 1); i < COLUMNS * ROWS; i++) {
		seed = seed * 1664525 + 1013904223;
		u32 letter = seed >> 24;
		to[i] = letter < 200 ? (u16)(colour | ('A' + letter % 58)) : SPACE;
	}
}

void key(void) {
	while (in(0x64) & 1)
		if (!(in(0x60) & 0x80))
			turn();
	out(0x20, 0x20);
}

void tick(void) {
	static u16 letters;
	if (scrolls)
		line();
	else
		((volatile u16 *)cells)[1] = (u16)(0x0700 | ('A' + letters++ % 26));
	out(0x20, 0x20);
}

static struct gate {
	u16 low, segment, kind, high;
} gates[48];

static void handle(int interrupt, void (*with)(void)) {
	u16 segment;
	__asm__("mov %%cs, %0" : "=r"(segment));
	gates[interrupt] = (struct gate){(u16)(u32)with, segment, 0x8e00, (u16)((u32)with >> 16)};
}

/* contains looks for a word's first letters in the command line. */
static int contains(const char *text, const char *word) {
	for (; *text; text++) {
		int i = 0;
		while (word[i] && text[i] == word[i])
			i++;
		if (!word[i])
			return 1;
	}
	return 0;
}

/* interrupts lets keys in, and ticks where the guest does something by itself. */
static void interrupts(int ticks) {
	const u8 settings[][2] = {{0x20, 0x11}, {0x21, TICKS}, {0x21, 4}, {0x21, 1}, {0xa0, 0x11}, {0xa1, 0x28},
				  {0xa1, 2},    {0xa1, 1},     {0x21, ticks ? 0xfc : 0xfd}, {0xa1, 0xff}};
	for (u32 i = 0; i < sizeof settings / sizeof *settings; i++)
		out(settings[i][0], settings[i][1]);
	u32 every = scrolls ? CLOCK / 50 : 0; /* 0: the slowest, 18.2 times a second */
	out(0x43, 0x36);
	out(0x40, (u8)every);
	out(0x40, (u8)(every >> 8));
	handle(KEYS, onKey);
	handle(TICKS, onTick);
	struct {
		u16 limit;
		u32 base;
	} __attribute__((packed)) table = {sizeof gates - 1, (u32)gates};
	__asm__ volatile("lidt %0" : : "m"(table));
	while (in(0x64) & 1)
		in(0x60);
	__asm__ volatile("sti");
}

void run(const u32 *boot) {
	const char *command = boot[0] & 4 ? (const char *)boot[4] : "";
	scrolls = contains(command, " scroll");
	for (int i = 0; i < COLUMNS * ROWS; i++)
		((volatile u16 *)cells)[i] = SPACE;
	out(0x3d4, 0x0a); /* the cursor */
	out(0x3d5, 0x20);
	turn();
	interrupts(scrolls || contains(command, " letters"));
}

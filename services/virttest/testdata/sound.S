# A system of one sector that plays a square wave of 441 Hz for ever, on the Intel
# HD audio of a q35: slot 0x1b of bus 0, codec 0, converter 2, its fourth output
# stream (Intel, High Definition Audio Specification, 3.3 and 7.3).
	.code16
	.globl _start

_start:
	cli
	xor	%ax, %ax
	mov	%ax, %ds
	lgdtl	gdtr
	mov	%cr0, %eax
	or	$1, %al
	mov	%eax, %cr0
	ljmpl	$8, $protected

	.code32
protected:
	mov	$16, %ax
	mov	%ax, %ds
	mov	%ax, %es
	mov	$0xcf8, %dx
	mov	$0x8000d804, %eax	# the command register
	out	%eax, %dx
	mov	$0xfc, %dl
	mov	$6, %al			# memory, and to be its master
	out	%al, %dx
	mov	$0xf8, %dl
	mov	$0x8000d810, %eax	# where its registers are
	out	%eax, %dx
	mov	$0xfc, %dl
	in	%dx, %eax
	and	$0xf0, %al
	mov	%eax, %ebp

	mov	$0x10000, %edi		# 200 half waves of 50 samples
	mov	$0x20002000, %eax
	mov	$200, %bl
1:	mov	$50, %ecx
	rep stosl
	neg	%ax
	rol	$16, %eax
	neg	%ax
	dec	%bl
	jnz	1b

	mov	$registers, %esi
	xor	%eax, %eax
2:	lodsw
	test	%ax, %ax
	jz	3f
	movzwl	%ax, %ebx
	lodsl
	mov	%eax, (%ebp,%ebx)
	jmp	2b
3:	hlt
	jmp	3b

	.macro	set register, value
	.word	\register
	.long	\value
	.endm
	.macro	verb value		# immediate command, go
	set	0x60, \value
	set	0x68, 1
	.endm
registers:
	set	0x08, 1			# out of reset
	verb	0x00224011		# 44100 a second, 16 bits, two channels
	verb	0x00270610		# stream 1, channel 0
	verb	0x0023b04a		# loud
	set	0x108, 40000		# bytes of the buffer
	set	0x10c, 1		# the last of its two pieces
	set	0x118, pieces
	set	0x11c, 0
	set	0x100, 0x100002		# stream 1 runs
	.word	0

	.balign	128
pieces:	.long	0x10000, 0, 20000, 0
	.long	0x14e20, 0, 20000, 0
gdt:	.quad	0, 0x00cf9a000000ffff, 0x00cf92000000ffff
gdtr:	.word	23
	.long	gdt

	.org	510
	.word	0xaa55

# A system of one sector, and what installs it. From a disc, the BIOS loads four
# sectors of 512 bytes to 0x7c00 and runs them (El Torito, no emulation): they
# write the system to the first disk and reset the computer. The system says so
# on the first serial port, again and again.
	.code16
	.globl _start

_start:
	ljmp	$0, $1f
1:	xor	%ax, %ax
	mov	%ax, %ds
	mov	%ax, %ss
	mov	$0x7000, %sp
	mov	$packet, %si
	mov	$0x4300, %ax		# extended write
	mov	$0x80, %dl		# the first disk
	int	$0x13
	jc	2f
	mov	$0xcf9, %dx		# the reset register of the chipset
	mov	$6, %al
	out	%al, %dx
2:	hlt
	jmp	2b

packet:	.byte	16, 0
	.word	1, system, 0		# one sector, from 0:system
	.quad	0			# to sector 0

	.org	512
system:
	xor	%ax, %ax
	mov	%ax, %ds
again:	mov	$text - system + 0x7c00, %si
	cld
next:	lodsb
	test	%al, %al
	jz	again
	mov	%al, %bl
	mov	$0x3fd, %dx		# line status of the serial port
wait:	in	%dx, %al
	test	$0x20, %al
	jz	wait
	mov	%bl, %al
	mov	$0x3f8, %dx
	out	%al, %dx
	jmp	next
text:	.asciz	"RUNNING FROM DISK\r\n"
	.org	1022
	.byte	0x55, 0xaa
	.org	2048

# A system that is an UEFI application, and installs itself. Started from what
# cannot be written to, the boot image of a disc, it copies that image to the
# first disk and resets the computer. Started from a disk it says so on the
# first serial port, again and again.
#
# The file is a PE32+ image by hand (PE Format, 3): one section, no addresses to
# fix. Offsets into tables are those of the UEFI Specification 2.10, chapters 4,
# 9.1 and 13.9.
	.set	size, 0x20000		# bytes of the boot image, see disc.go

	.code64
	.globl _start
_start:
	.ascii	"MZ"
	.org	0x3c
	.long	0x40			# where the header is
	.ascii	"PE\0\0"
	.word	0x8664, 1		# x86-64, sections
	.long	0, 0, 0
	.word	0xa0, 0x206		# bytes of the next part; executable, without debug data

	.word	0x20b, 0		# PE32+
	.long	end - code, 0, 0
	.long	0x1000, 0x1000		# entry, code
	.quad	0			# may lie anywhere
	.long	0x1000, 0x200		# alignment in memory, in the file
	.word	0, 0, 0, 0, 0, 0
	.long	0, 0x2000, 0x200, 0	# bytes of all, of the headers
	.word	10, 0			# UEFI application
	.quad	0, 0, 0, 0
	.long	0, 6
	.quad	0, 0, 0, 0, 0, 0

	.ascii	".text\0\0\0"
	.long	end - code, 0x1000, end - code, 0x200
	.long	0, 0, 0
	.long	0x60000020		# code, to be run and read

	.org	0x200
code:
	sub	$0x88, %rsp		# room for arguments and, from 0x40 on, answers
	mov	%rcx, %rsi		# our image
	mov	0x60(%rdx), %rbx	# boot services
	mov	0x58(%rdx), %r12	# run time services

	lea	loaded(%rip), %rdx	# where were we loaded from?
	call	protocol
	jnz	no
	mov	0x18(%rax), %rsi
	lea	blocks(%rip), %rdx
	call	protocol
	jnz	no
	mov	%rax, %r13
	mov	8(%r13), %rax
	cmpb	$0, 7(%rax)		# read only?
	lea	disk(%rip), %rsi
	je	say

	mov	$2, %ecx		# all that have blocks
	lea	blocks(%rip), %rdx
	xor	%r8d, %r8d
	lea	0x48(%rsp), %r9
	lea	0x50(%rsp), %rax
	mov	%rax, 0x20(%rsp)
	call	*0x138(%rbx)
	test	%rax, %rax
	jnz	no
	mov	0x50(%rsp), %rdi
	mov	0x48(%rsp), %rbp
next:	sub	$1, %rbp
	jc	no
	mov	(%rdi), %rsi
	add	$8, %rdi
	lea	blocks(%rip), %rdx
	call	protocol
	jnz	next
	mov	%rax, %r14
	mov	8(%r14), %rax
	cmpb	$0, 5(%rax)		# is there a medium?
	je	next
	cmpw	$0, 6(%rax)		# part of another, or read only?
	jne	next

	mov	$2, %ecx		# memory for all of the image
	mov	$size, %edx
	lea	0x58(%rsp), %r8
	call	*0x40(%rbx)
	test	%rax, %rax
	jnz	no
	mov	%r13, %rcx
	mov	24(%r13), %rax
	call	move
	jnz	no
	mov	%r14, %rcx
	mov	32(%r14), %rax
	call	move
	jnz	no
	mov	%r14, %rcx
	call	*40(%r14)		# flush
	xor	%ecx, %ecx
	xor	%edx, %edx
	xor	%r8d, %r8d
	xor	%r9d, %r9d
	call	*0x68(%r12)		# reset

no:	lea	failed(%rip), %rsi
say:	mov	%rsi, %rdi
	cld
letter:	lodsb
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
	jmp	letter
again:	mov	%rdi, %rsi
	jmp	say

# protocol returns the interface of rsi with the name at rdx in rax; z says that
# it has one.
protocol:
	sub	$0x28, %rsp
	mov	%rsi, %rcx
	lea	0x70(%rsp), %r8
	call	*0x98(%rbx)
	test	%rax, %rax
	mov	0x70(%rsp), %rax
	lea	0x28(%rsp), %rsp
	ret

# move reads or writes, which is the function in rax, the image by the blocks in
# rcx; z says that it went well.
move:
	sub	$0x28, %rsp
	mov	8(%rcx), %rdx
	mov	(%rdx), %edx		# which medium
	xor	%r8d, %r8d		# from the first block on
	mov	$size, %r9d
	mov	0x88(%rsp), %r10
	mov	%r10, 0x20(%rsp)
	call	*%rax
	test	%rax, %rax
	lea	0x28(%rsp), %rsp
	ret

loaded:	.long	0x5b1b31a1
	.word	0x9562, 0x11d2
	.byte	0x8e, 0x3f, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b
blocks:	.long	0x964e5b21
	.word	0x6459, 0x11d2
	.byte	0x8e, 0x39, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b
disk:	.asciz	"RUNNING FROM DISK\r\n"
failed:	.asciz	"NOTHING TO INSTALL ON\r\n"
	.org	0x600
end:

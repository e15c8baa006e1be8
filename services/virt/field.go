package virt

// A Field names a part of a VMSpec that a person fills in.
type Field string

// The fields that are checked by themselves.
const (
	FieldName    Field = "name"
	FieldOS      Field = "os"
	FieldISO     Field = "iso"
	FieldMemory  Field = "memory"
	FieldVCPUs   Field = "vcpus"
	FieldMachine Field = "machine"
	FieldAccel   Field = "accel"
	FieldKernel  Field = "kernel"
	FieldInitrd  Field = "initrd"
	FieldCmdline Field = "cmdline"
	FieldDisk    Field = "disk"
	FieldSize    Field = "size"
	FieldPool    Field = "pool"
	FieldNetwork Field = "network"
	FieldMAC     Field = "mac"
	FieldXML     Field = "xml"
)

// A FieldProblem is what is wrong with one field of a spec.
type FieldProblem struct {
	Field Field
	Err   error
}

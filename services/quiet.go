package services

import "os"

// QuietLibvirt keeps the log of libvirt's client library and embedded driver,
// which is this process's, off stderr; whoever sets libvirt's own variables has
// it as he likes. Call it before Open. Processes that libvirt forks forget the
// outputs and write to stderr, from the level on that the second variable sets
// (4 is errors).
func QuietLibvirt() error {
	for variable, value := range map[string]string{"LIBVIRT_LOG_OUTPUTS": "4:file:" + os.DevNull, "LIBVIRT_DEBUG": "4"} {
		if os.Getenv(variable) != "" {
			continue
		}
		if err := os.Setenv(variable, value); err != nil {
			return err
		}
	}
	return nil
}

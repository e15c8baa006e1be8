package main

import "github.com/go-gl/glfw/v3.3/glfw"

// nameWindows gives the windows the class that the desktop file names, so that
// docks group them. GLFW would take their titles. The hints stay for windows
// that are opened later.
func nameWindows() {
	glfw.WindowHintString(glfw.X11ClassName, "kvm-manager")
	glfw.WindowHintString(glfw.X11InstanceName, "kvm-manager")
}

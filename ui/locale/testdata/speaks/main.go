// Command speaks prints one of Fyne's own words.
package main

import (
	"fmt"

	"fyne.io/fyne/v2/lang"

	_ "github.com/kvmmanager/kvm-manager/ui/locale"
)

func main() { fmt.Println(lang.L("Cancel")) }

package kit

import (
	"fmt"

	"fyne.io/fyne/v2/lang"

	"github.com/kvmmanager/kvm-manager/assets"
)

// LoadWords makes the translations known. Call it once, before the first
// window. The keys are the English sentences, so what has no translation is
// shown in English.
func LoadWords() error {
	if err := lang.AddTranslationsFS(assets.Translations(), "translations"); err != nil {
		return fmt.Errorf("load translations: %w", err)
	}
	return nil
}

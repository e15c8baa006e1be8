package storage

// Wait returns when every call of the system's keyring that waits now has had its turn.
func (k *Keyring) Wait() {
	k.turn <- struct{}{}
	<-k.turn
}

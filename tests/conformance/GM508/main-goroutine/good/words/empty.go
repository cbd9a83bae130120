package words

// Empty forgets all words.
func Empty() {
	forget(func(any) bool { return true })
}

func forget(which func(word any) bool) {
	counts.Range(func(word, _ any) bool {
		if which(word) {
			counts.Delete(word)
		}
		return true
	})
}

// Package chunkindex cuts files into chunks at places which depend on their
// content, so that what two files share is found and stored only once.
package chunkindex

const (
	minChunk = 2 << 10
	maxChunk = 32 << 10
	maskBits = 12
)

var gear = func() (t [256]uint64) {
	x := uint64(0x9e3779b97f4a7c15)
	for i := range t {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		t[i] = x
	}
	return t
}()

// cut returns the length of the first chunk of data.
func cut(data []byte) int {
	if len(data) <= minChunk {
		return len(data)
	}
	var h uint64
	end := min(len(data), maxChunk)
	for i := minChunk; i < end; i++ {
		h = h<<1 + gear[data[i]]
		if h>>(64-maskBits) == 0 {
			return i + 1
		}
	}
	return end
}

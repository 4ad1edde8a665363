package store

import "testing"

var filled *Store

func BenchmarkFill(b *testing.B) {
	b.ReportAllocs()
	for range b.N {
		filled = Open(8)
		filled.Fill(16, 400)
	}
}

func BenchmarkReplay(b *testing.B) {
	b.ReportAllocs()
	s := Open(4)
	s.Fill(4, 500)
	b.ResetTimer()
	for range b.N {
		if sizes := s.Replay(6); len(sizes) != 50 {
			b.Fatalf("%d streams", len(sizes))
		}
	}
}

package matrix

import "testing"

var (
	doubles *Matrix[float64]
	singles *Matrix[float32]
	path    []*Vec3
)

func BenchmarkMul(b *testing.B) {
	unit := Identity[float64](320)
	doubles = Identity[float64](320)
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		doubles = doubles.Mul(unit)
	}
}

func BenchmarkTranspose(b *testing.B) {
	b.ReportAllocs()
	singles = New[float32](600, 150)
	counts := New[int64](40, 40)
	for range b.N {
		singles = singles.Transpose()
		counts = counts.Transpose()
	}
}

func BenchmarkSubdivide(b *testing.B) {
	b.ReportAllocs()
	for range b.N {
		path = Subdivide([]*Vec3{{0, 0, 0}, {1, 5, 2}, {9, 9, 3}}, 9)
	}
}

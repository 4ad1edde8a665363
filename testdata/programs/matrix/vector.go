package matrix

// Vec3 is a point in space.
type Vec3 struct{ X, Y, Z float64 }

func (v Vec3) add(w Vec3) *Vec3      { return vec(v.X+w.X, v.Y+w.Y, v.Z+w.Z) }
func (v Vec3) scale(f float64) *Vec3 { return vec(v.X*f, v.Y*f, v.Z*f) }
func vec(x, y, z float64) *Vec3      { return &Vec3{x, y, z} }

// Mid is the point between two others.
func (v *Vec3) Mid(w *Vec3) *Vec3 { return v.add(*w).scale(0.5) }

// Subdivide puts a point between each two of a path, and does so again for each depth.
func Subdivide(path []*Vec3, depth int) []*Vec3 {
	if depth == 0 || len(path) < 2 {
		return path
	}
	finer := []*Vec3{path[0]}
	for i := 1; i < len(path); i++ {
		finer = append(finer, path[i-1].Mid(path[i]), path[i])
	}
	return Subdivide(finer, depth-1)
}

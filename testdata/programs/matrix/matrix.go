// Package matrix holds dense matrices of numbers.
package matrix

// Number is what a matrix can hold.
type Number interface{ ~float32 | ~float64 | ~int64 }

// Matrix is stored row by row.
type Matrix[T Number] struct {
	rows, cols int
	cells      []T
}

// New makes a matrix of zeros.
func New[T Number](rows, cols int) *Matrix[T] {
	return &Matrix[T]{rows: rows, cols: cols, cells: cells[T](rows, cols)}
}

// The three helpers below are small enough to be inlined into each other, so that one
// location of a profile holds several functions.
func cells[T Number](rows, cols int) []T { return sized[T](rows * cols) }

func sized[T Number](n int) []T { return make([]T, n) }

// Identity has ones on its diagonal.
func Identity[T Number](n int) *Matrix[T] {
	m := New[T](n, n)
	for i := range n {
		*m.at(i, i) = 1
	}
	return m
}

func (m *Matrix[T]) at(row, col int) *T { return &m.cells[row*m.cols+col] }

// Mul is the product.
func (m *Matrix[T]) Mul(other *Matrix[T]) *Matrix[T] {
	product := New[T](m.rows, other.cols)
	for i := range m.rows {
		for k := range m.cols {
			factor := *m.at(i, k)
			if factor == 0 {
				continue
			}
			for j := range other.cols {
				*product.at(i, j) += factor * *other.at(k, j)
			}
		}
	}
	return product
}

// Transpose swaps rows and columns.
func (m *Matrix[T]) Transpose() *Matrix[T] {
	turned := New[T](m.cols, m.rows)
	for i := range m.rows {
		for j := range m.cols {
			*turned.at(j, i) = *m.at(i, j)
		}
	}
	return turned
}

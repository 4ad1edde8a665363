package main

// Each function below is one site: one line that allocates, a fixed number of times, objects of one size.
// None is inlined, so that a site is a function as well as a line. The counts are such that at the default
// rate some sites have about 3 expected samples and others hundreds.

// keep holds pointers to what stays alive, one in every few.
func keep(object any, i, every int) {
	if every > 0 && i%every == 0 {
		kept = append(kept, object)
	}
}

//go:noinline
func pairs(n int) {
	for range n {
		bytes16 = new([16]byte)
	}
}

//go:noinline
func stamps(n int) {
	for range n {
		bytes16 = new([16]byte)
	}
}

//go:noinline
func spanIDs(n int) {
	for range n {
		bytes16 = new([16]byte)
	}
}

//go:noinline
func triples(n int) {
	for range n {
		bytes24 = new([24]byte)
	}
}

//go:noinline
func cursors(n int) {
	for i := range n {
		object := new([32]byte)
		keep(object, i, 4)
	}
}

//go:noinline
func digests(n int) {
	for range n {
		bytes32 = new([32]byte)
	}
}

//go:noinline
func pathKeys(n int) {
	for i := range n {
		object := new([48]byte)
		keep(object, i, 2)
	}
}

//go:noinline
func tokens(n int) {
	for range n {
		bytes64 = new([64]byte)
	}
}

//go:noinline
func addresses(n int) {
	for range n {
		bytes64 = new([64]byte)
	}
}

//go:noinline
func labels(n int) {
	for i := range n {
		object := new([80]byte)
		keep(object, i, 1)
	}
}

//go:noinline
func sessions(n int) {
	for range n {
		bytes96 = new([96]byte)
	}
}

//go:noinline
func records(n int) {
	for range n {
		bytes112 = new([112]byte)
	}
}

//go:noinline
func lines(n int) {
	for range n {
		bytes128 = new([128]byte)
	}
}

//go:noinline
func points(n int) {
	for i := range n {
		object := new([144]byte)
		keep(object, i, 3)
	}
}

//go:noinline
func headers(n int) {
	for range n {
		bytes192 = new([192]byte)
	}
}

//go:noinline
func packets(n int) {
	for range n {
		bytes256 = new([256]byte)
	}
}

//go:noinline
func frames(n int) {
	for range n {
		bytes256 = new([256]byte)
	}
}

//go:noinline
func entries(n int) {
	for i := range n {
		object := new([320]byte)
		keep(object, i, 2)
	}
}

//go:noinline
func rows(n int) {
	for range n {
		bytes384 = new([384]byte)
	}
}

//go:noinline
func messages(n int) {
	for range n {
		bytes512 = new([512]byte)
	}
}

//go:noinline
func replies(n int) {
	for i := range n {
		object := new([512]byte)
		keep(object, i, 1)
	}
}

//go:noinline
func envelopes(n int) {
	for range n {
		bytes768 = new([768]byte)
	}
}

//go:noinline
func documents(n int) {
	for range n {
		bytes1024 = new([1024]byte)
	}
}

//go:noinline
func blocks(n int) {
	for range n {
		bytes1024 = new([1024]byte)
	}
}

//go:noinline
func nodes(n int) {
	for i := range n {
		object := new([1536]byte)
		keep(object, i, 5)
	}
}

//go:noinline
func chunks(n int) {
	for range n {
		bytes2048 = new([2048]byte)
	}
}

//go:noinline
func sectors(n int) {
	for range n {
		bytes3072 = new([3072]byte)
	}
}

//go:noinline
func pages(n int) {
	for i := range n {
		object := new([4096]byte)
		keep(object, i, 4)
	}
}

//go:noinline
func windows(n int) {
	for range n {
		bytes6144 = new([6144]byte)
	}
}

//go:noinline
func clusters(n int) {
	for range n {
		bytes8192 = new([8192]byte)
	}
}

//go:noinline
func segments(n int) {
	for i := range n {
		object := new([10240]byte)
		keep(object, i, 3)
	}
}

//go:noinline
func stripes(n int) {
	for range n {
		bytes16384 = new([16384]byte)
	}
}

//go:noinline
func volumes(n int) {
	for range n {
		bytes32768 = new([32768]byte)
	}
}

// The last object of each size; a store to a global keeps the compiler from using the stack.
var (
	bytes16    *[16]byte
	bytes24    *[24]byte
	bytes32    *[32]byte
	bytes64    *[64]byte
	bytes96    *[96]byte
	bytes112   *[112]byte
	bytes128   *[128]byte
	bytes192   *[192]byte
	bytes256   *[256]byte
	bytes384   *[384]byte
	bytes512   *[512]byte
	bytes768   *[768]byte
	bytes1024  *[1024]byte
	bytes2048  *[2048]byte
	bytes3072  *[3072]byte
	bytes6144  *[6144]byte
	bytes8192  *[8192]byte
	bytes16384 *[16384]byte
	bytes32768 *[32768]byte
)

// fixed runs every site of one size.
func fixed() {
	pairs(98_000)
	stamps(400_000)
	spanIDs(1_000_000)
	triples(90_000)
	cursors(160_000)
	digests(70_000)
	pathKeys(120_000)
	tokens(60_000)
	addresses(250_000)
	labels(45_000)
	sessions(110_000)
	records(30_000)
	lines(120_000)
	points(16_000)
	headers(20_000)
	packets(300_000)
	frames(9000)
	entries(12_000)
	rows(8000)
	messages(30_000)
	replies(5000)
	envelopes(6000)
	documents(20_000)
	blocks(2000)
	nodes(2500)
	chunks(6000)
	sectors(1100)
	pages(4000)
	windows(900)
	clusters(700)
	segments(450)
	stripes(600)
	volumes(120)
}

// forget drops the last objects, so that what is live does not depend on the order of the sites.
func forget() {
	bytes16 = nil
	bytes24 = nil
	bytes32 = nil
	bytes64 = nil
	bytes96 = nil
	bytes112 = nil
	bytes128 = nil
	bytes192 = nil
	bytes256 = nil
	bytes384 = nil
	bytes512 = nil
	bytes768 = nil
	bytes1024 = nil
	bytes2048 = nil
	bytes3072 = nil
	bytes6144 = nil
	bytes8192 = nil
	bytes16384 = nil
	bytes32768 = nil
}

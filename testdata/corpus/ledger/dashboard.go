package ledger

// Dashboard shows the latest of each account.
type Dashboard struct {
	n      int
	latest map[string][]Line
}

// NewDashboard returns a dashboard of n lines an account.
func NewDashboard(n, accounts int) *Dashboard {
	return &Dashboard{n: n, latest: make(map[string][]Line, accounts)}
}

// Refresh reads the accounts of l anew, up to the end of day.
func (d *Dashboard) Refresh(l *Ledger, day int) {
	for a := range l.accounts {
		lines := l.Statement(a, 0, day)
		if skip := len(lines) - d.n; skip > 0 {
			lines = lines[skip:] // alt ML02
		}
		d.latest[a] = lines // alt ML02
	}
}

// Balance returns what is on an account, and whether that is known.
func (d *Dashboard) Balance(account string) (Cents, bool) {
	lines := d.latest[account]
	if len(lines) == 0 {
		return 0, false
	}
	return lines[len(lines)-1].Balance, true
}

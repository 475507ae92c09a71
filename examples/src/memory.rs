//! The peak memory of one part of a program, as Linux counts it.

use std::fs;

/// Watches the resident memory of this process, from [`Watch::start`] on.
#[derive(Debug)]
pub struct Watch {
    before: u64,
}

/// The memory that a [`Watch`] saw, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peak {
    /// The most that was resident at once.
    pub total: u64,
    /// The excess of that over what was resident at the start. Freed memory that the process had
    /// kept is used again without being counted here.
    pub growth: u64,
}

impl Watch {
    /// Forgets earlier peaks and starts to watch. Returns `None` if the system cannot tell.
    #[must_use]
    pub fn start() -> Option<Self> {
        // 5 resets the peak: proc(5), /proc/pid/clear_refs.
        fs::write("/proc/self/clear_refs", "5").ok()?;
        let before = status("VmRSS:")?;
        Some(Self { before })
    }

    /// Returns the peak since the start.
    #[must_use]
    pub fn peak(&self) -> Option<Peak> {
        let total = status("VmHWM:")?;
        let growth = total.saturating_sub(self.before);
        Some(Peak { total, growth })
    }
}

fn status(field: &str) -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let value = status.lines().find_map(|line| line.strip_prefix(field))?;
    let kibibytes: u64 = value.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kibibytes * 1024)
}

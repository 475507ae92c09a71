//! PostgreSQL's programs that a test starts itself. They refuse to run as root, and must be gone
//! when the test is over, whatever its outcome.

use std::{
    fs,
    net::TcpListener,
    os::unix::{
        fs::{MetadataExt as _, chown},
        process::CommandExt as _,
    },
    path::{Path, PathBuf},
    process::{self, Child, Command},
    sync::atomic::{AtomicU16, Ordering},
};

use tempfile::TempDir;

/// Returns the command for a program, which runs as `postgres` if the test runs as root.
pub(crate) fn program(name: &str, package: &str) -> Command {
    let mut command = Command::new(find(name).unwrap_or_else(|| {
        panic!(
            "the program `{name}` is missing, which this test runs: install it \
             (on Debian: apt-get install {package}) or unset POSTGRES_URL"
        )
    }));
    if let Some((user, group)) = unprivileged() {
        command.uid(user).gid(group);
    }
    // Not every user may read the directory that the tests run in.
    command.current_dir("/");
    command
}

/// Finds a program also where Debian and others put what is not in the `PATH` of every user.
fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut directories: Vec<_> = std::env::split_paths(&path).collect();
    directories.push("/usr/sbin".into());
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<_> = versions.map(|entry| entry.path().join("bin")).collect();
    versions.sort();
    directories.extend(versions.into_iter().rev());
    directories.into_iter().map(|directory| directory.join(name)).find(|path| path.is_file())
}

/// Returns the user and group `postgres` if the test itself runs as root.
fn unprivileged() -> Option<(u32, u32)> {
    // The owner of the process, on Linux.
    if fs::metadata("/proc/self").ok()?.uid() != 0 {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").unwrap();
    let fields = |line: &str| line.split(':').map(ToOwned::to_owned).collect::<Vec<_>>();
    let user = users.lines().map(fields).find(|fields| fields[0] == "postgres");
    let user = user.expect("a user `postgres`, since its programs refuse to run as root");
    Some((user[2].parse().unwrap(), user[3].parse().unwrap()))
}

/// Creates a directory that such a program owns.
pub(crate) fn directory() -> TempDir {
    let directory = TempDir::new().unwrap();
    give(directory.path());
    directory
}

/// Gives a file to the user that the programs run as.
pub(crate) fn give(path: &Path) {
    if let Some((user, group)) = unprivileged() {
        chown(path, Some(user), Some(group)).unwrap();
    }
}

/// Finds a port on which nothing listens, and which the system does not give to a program that
/// connects to a server in the meantime.
pub(crate) fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let own = u16::try_from(process::id() % 100).unwrap() * 100;
    loop {
        let port = 15_000 + own + NEXT.fetch_add(1, Ordering::Relaxed);
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            break port;
        }
    }
}

/// A running program.
pub(crate) struct Running(pub(crate) Child);

impl Drop for Running {
    fn drop(&mut self) {
        // If it has ended already, all the better.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

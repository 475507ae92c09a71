//! Worker processes: started, read along with, killed.

use std::{
    env, io,
    io::{BufRead as _, BufReader},
    mem,
    process::{Child, Command, Stdio},
    sync::mpsc::{self, Receiver},
    thread,
};

use crate::{
    AnyError,
    engine::{Engine, LEASE},
    work::{BEGINS, ENDS, Run, TAKES_OVER},
};

/// The workers of a run.
pub(crate) struct Workers {
    engine: Engine,
    run: Run,
    processes: Vec<Worker>,
    /// How many parts went on from the checkpoint of another worker.
    pub(crate) taken_over: usize,
}

struct Worker {
    process: Child,
    /// What it prints.
    lines: Receiver<String>,
    /// The part that it works on.
    part: Option<usize>,
}

impl Workers {
    pub(crate) fn start(engine: Engine, run: &Run, number: usize) -> io::Result<Self> {
        let processes =
            (0..number).map(|_| Worker::start(engine, run)).collect::<Result<_, _>>()?;
        Ok(Self { engine, run: run.clone(), processes, taken_over: 0 })
    }

    /// Reads what the workers have printed since. Fails if one has ended by itself.
    pub(crate) fn read_along(&mut self, print: impl Fn(&str)) -> Result<(), AnyError> {
        for (number, worker) in self.processes.iter_mut().enumerate() {
            while let Ok(line) = worker.lines.try_recv() {
                let (verb, part) = line.rsplit_once(' ').ok_or("a line without a part")?;
                let works = [BEGINS, TAKES_OVER].contains(&verb);
                worker.part = works.then(|| part.parse()).transpose()?;
                self.taken_over += usize::from(verb == TAKES_OVER);
                if ![BEGINS, ENDS].contains(&verb) {
                    print(&format!("worker {number} {verb} part {part}"));
                }
            }
            if let Some(status) = worker.process.try_wait()? {
                return Err(format!("worker {number} has ended: {status}").into());
            }
        }
        Ok(())
    }

    /// Returns the workers that work on such parts.
    pub(crate) fn with_part(&self, is_meant: impl Fn(usize) -> bool) -> Vec<usize> {
        let meant = |worker: &Worker| worker.part.is_some_and(&is_meant);
        (0..self.processes.len()).filter(|number| meant(&self.processes[*number])).collect()
    }

    /// Stops a worker for so long that it seems dead, and then lets it go on. Returns the part that it
    /// works on.
    pub(crate) fn stall(&self, number: usize) -> io::Result<Option<usize>> {
        let worker = &self.processes[number];
        signal("-STOP", worker.process.id())?;
        let id = worker.process.id();
        thread::spawn(move || {
            thread::sleep(2 * LEASE);
            // It may have been killed in the meantime.
            let _ = signal("-CONT", id);
        });
        Ok(worker.part)
    }

    /// Kills a worker, which gets no chance to tidy up, and starts another one in its place. Returns the
    /// part that it worked on.
    pub(crate) fn kill(&mut self, number: usize) -> io::Result<Option<usize>> {
        let next = Worker::start(self.engine, &self.run)?;
        let mut killed = mem::replace(&mut self.processes[number], next);
        killed.process.kill()?;
        killed.process.wait()?;
        Ok(killed.part)
    }
}

/// Sends a signal to a process.
fn signal(signal: &str, id: u32) -> io::Result<()> {
    let status = Command::new("kill").args([signal, &id.to_string()]).status()?;
    if status.success() { Ok(()) } else { Err(io::Error::other(format!("kill: {status}"))) }
}

impl Worker {
    fn start(engine: Engine, run: &Run) -> io::Result<Self> {
        let mut process = Command::new(env::current_exe()?)
            .args(["worker", &engine.to_string(), &run.name, &run.batch.to_string()])
            .stdout(Stdio::piped())
            .spawn()?;
        let output = process.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            BufReader::new(output)
                .lines()
                .map_while(Result::ok)
                .try_for_each(|line| sender.send(line))
        });
        Ok(Self { process, lines, part: None })
    }
}

/// No worker outlives the program.
impl Drop for Worker {
    fn drop(&mut self) {
        // It has ended, or is ended now.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

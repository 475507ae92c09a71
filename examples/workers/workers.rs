//! Worker processes: started, read along with, killed.

use std::{
    env, io,
    io::{BufRead as _, BufReader},
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
    stalls: Vec<Stall>,
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
        Ok(Self { engine, run: run.clone(), processes, stalls: Vec::new(), taken_over: 0 })
    }

    /// Reads what the workers have printed since. Fails if one has ended by itself.
    pub(crate) fn read_along(&mut self, print: impl Fn(&str)) -> Result<(), AnyError> {
        for (number, worker) in self.processes.iter_mut().enumerate() {
            self.taken_over += worker.read(number, &print)?;
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
    pub(crate) fn stall(&mut self, number: usize) -> io::Result<Option<usize>> {
        let worker = &self.processes[number];
        let (id, seconds) = (worker.process.id(), 2 * LEASE.as_secs());
        // By a process of its own, so that it goes on even if this one is ended.
        let stall = format!("kill -STOP {id} && sleep {seconds} && kill -CONT {id}");
        let mut shell = Command::new("sh");
        shell.args(["-c", &stall]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        self.stalls.push(Stall(shell.spawn()?));
        Ok(worker.part)
    }

    /// Kills a worker, which gets no chance to tidy up, and starts another one in its place. Returns the
    /// part that it worked on.
    pub(crate) fn kill(
        &mut self,
        number: usize,
        print: impl Fn(&str),
    ) -> Result<Option<usize>, AnyError> {
        let worker = &mut self.processes[number];
        worker.process.kill()?;
        worker.process.wait()?;
        self.taken_over += worker.read_all(number, print)?;
        let part = worker.part;
        *worker = Worker::start(self.engine, &self.run)?;
        Ok(part)
    }
}

/// What stops a worker, and lets it go on.
struct Stall(Child);

impl Drop for Stall {
    fn drop(&mut self) {
        // By then the worker is gone as well.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Worker {
    fn start(engine: Engine, run: &Run) -> io::Result<Self> {
        let mut process = Command::new(env::current_exe()?)
            .args(["worker", &engine.to_string(), &run.name, &run.batch.to_string()])
            // It ends when this is closed.
            .stdin(Stdio::piped())
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

    /// Reads what it has printed since. Returns how many parts it has taken over.
    fn read(&mut self, number: usize, print: impl Fn(&str)) -> Result<usize, AnyError> {
        let lines: Vec<_> = self.lines.try_iter().collect();
        self.note(number, lines, print)
    }

    /// Reads all that it has printed, now that it has ended.
    fn read_all(&mut self, number: usize, print: impl Fn(&str)) -> Result<usize, AnyError> {
        let lines: Vec<_> = self.lines.iter().collect();
        self.note(number, lines, print)
    }

    fn note(
        &mut self,
        number: usize,
        lines: Vec<String>,
        print: impl Fn(&str),
    ) -> Result<usize, AnyError> {
        let mut taken_over = 0;
        for line in lines {
            let (verb, part) = line.rsplit_once(' ').ok_or("a line without a part")?;
            let works = [BEGINS, TAKES_OVER].contains(&verb);
            self.part = works.then(|| part.parse()).transpose()?;
            taken_over += usize::from(verb == TAKES_OVER);
            if ![BEGINS, ENDS].contains(&verb) {
                print(&format!("worker {number} {verb} part {part}"));
            }
        }
        Ok(taken_over)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // It has ended, or is ended now.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

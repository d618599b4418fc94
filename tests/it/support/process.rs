//! The appliance as its own process, as an operator runs it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use super::Store;

/// The binary, with this store configured and nothing else.
pub fn takehold(store: &Store) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_takehold"));
    command
        .env_clear()
        .env("TAKEHOLD_DATABASE__URL", &store.url)
        .env("TAKEHOLD_DATA_DIR", store.folder.path())
        .env("TAKEHOLD_SERVER__SECRET_KEY", "07".repeat(32))
        .stdin(Stdio::null());
    command
}

/// Runs a verb to its end.
pub fn run(store: &Store, args: &[&str]) -> Output {
    takehold(store).args(args).output().unwrap()
}

/// What it printed on standard output.
pub fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Fails unless the verb was refused: exit code 2, and one line that holds `part`.
#[track_caller]
pub fn refused(output: &Output, part: &str) {
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(text.contains(part), "{part:?} in {text}");
    assert!(output.stdout.is_empty());
}

/// A server as its own process.
pub struct Server {
    child: Child,
    pub url: String,
    pub lines: Vec<String>,
    rest: std::thread::JoinHandle<Vec<String>>,
}

impl Server {
    pub fn start(mut command: Command) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let url = format!("http://127.0.0.1:{port}");
        let mut child = command
            .arg("serve")
            .env("TAKEHOLD_SERVER__LISTEN", format!("127.0.0.1:{port}"))
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = Vec::new();
        let mut logged = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        for line in logged.by_ref() {
            let serving = line.contains("\"serving\"");
            lines.push(line);
            if serving {
                break;
            }
        }
        let rest = std::thread::spawn(move || logged.collect());
        Self { child, url, lines, rest }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn stop(mut self) -> i32 {
        self.end()
    }

    /// Stops it; answers what it logged after it began to serve.
    pub fn stop_and_read(mut self) -> Vec<String> {
        self.end();
        std::mem::replace(&mut self.rest, std::thread::spawn(Vec::new)).join().unwrap()
    }

    fn end(&mut self) -> i32 {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        let until = Instant::now() + Duration::from_secs(10);
        while Instant::now() < until {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code().unwrap_or(-1);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("the server did not stop");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

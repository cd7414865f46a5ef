//! What git knows: the commit's date, the index, and what changed.
//!
//! git is run as a program: it is always there, and it alone reads its own formats right. Names come back separated by
//! NUL, external diff programs are off, and what the user typed stands after `--` or is resolved to a hash first.

use std::cell::{OnceCell, RefCell};
use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// git could not answer.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// It is not installed or cannot be run.
    #[error("cannot run git: {0}")]
    Run(#[source] io::Error),
    /// There is no work tree.
    #[error("not a git repository")]
    NoRepository,
    /// It refused.
    #[error("git {command}: {message}")]
    Failed {
        /// The subcommand.
        command: String,
        /// Its own words, first line.
        message: String,
    },
}

/// A file in the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexEntry {
    /// Relative to the folder that was asked about.
    pub path: PathBuf,
    /// The name of its content.
    pub id: String,
}

/// The top folder of the work tree that holds `folder`; `None` outside of one (or in a bare repository).
///
/// # Errors
/// git is missing, or refuses the repository (of another owner, say).
pub fn root(folder: &Path) -> Result<Option<PathBuf>, GitError> {
    match run(folder, &["rev-parse", "--show-toplevel"], &[]) {
        Ok(output) => Ok(Some(path_of(output.strip_suffix(b"\n").unwrap_or(&output)))),
        Err(GitError::NoRepository) => Ok(None),
        Err(GitError::Failed { message, .. }) if message.contains("must be run in a work tree") => Ok(None),
        Err(error) => Err(error),
    }
}

/// When HEAD of the work tree that holds `folder` was committed, in seconds since 1970; `None` outside of a work tree
/// and before the first commit.
///
/// # Errors
/// As for [`root`].
pub fn head_date(folder: &Path) -> Result<Option<i64>, GitError> {
    if root(folder)?.is_none() || run(folder, &["rev-parse", "--verify", "--quiet", "HEAD^{commit}"], &[]).is_err() {
        return Ok(None);
    }
    let output = run(folder, &["log", "-1", "--no-show-signature", "--format=%ct", "HEAD"], &[])?;
    Ok(std::str::from_utf8(&output).ok().and_then(|text| text.trim().parse().ok()))
}

/// Whether git ignores a path, relative to `folder`. Outside of a work tree nothing is ignored.
pub fn ignores(folder: &Path, path: &Path) -> bool {
    may_lie_in_repository(folder) && run(folder, &["check-ignore", "--quiet"], &[path.to_owned()]).is_ok()
}

/// Whether git could find a repository from a folder on: to start it takes as long as to check a few files.
fn may_lie_in_repository(folder: &Path) -> bool {
    let told = std::env::var_os("GIT_DIR").is_some();
    let above = |folder: PathBuf| folder.ancestors().any(|above| above.join(".git").exists());
    told || folder.canonicalize().is_ok_and(above)
}

/// The files that the index holds below `paths` (relative to `folder`; none means all of `folder`), without symbolic
/// links and submodules. A file in conflict is listed once, as the common ancestor or our side has it.
///
/// # Errors
/// There is no index, or git is missing.
pub fn index(folder: &Path, paths: &[PathBuf]) -> Result<Vec<IndexEntry>, GitError> {
    let output = run(folder, &["ls-files", "--stage", "-z"], paths)?;
    let mut entries: Vec<IndexEntry> = names(&output).filter_map(index_entry).collect();
    entries.dedup_by(|later, kept| later.path == kept.path);
    Ok(entries)
}

/// `100644 ID 0\tpath`.
fn index_entry(record: &[u8]) -> Option<IndexEntry> {
    let tab = memchr::memchr(b'\t', record)?;
    let mut fields = std::str::from_utf8(&record[..tab]).ok()?.split(' ');
    let (mode, id) = (fields.next()?, fields.next()?);
    mode.starts_with("100").then(|| IndexEntry { path: path_of(&record[tab + 1..]), id: id.to_owned() })
}

/// The files that the next commit adds or changes, relative to `folder`.
///
/// # Errors
/// There is no repository, or git is missing.
pub fn staged(folder: &Path) -> Result<Vec<PathBuf>, GitError> {
    let output = run(folder, &with_diff(&["--cached"]), &[])?;
    Ok(names(&output).map(path_of).collect())
}

/// Gives what the index holds of a file, its path relative to `folder`; nothing where it holds no such file, or git is
/// missing. git is started once, by the first file.
pub fn staged_contents(folder: &Path) -> impl Fn(&str) -> Option<Vec<u8>> {
    let running: OnceCell<Option<RefCell<Contents>>> = OnceCell::new();
    let folder = folder.to_owned();
    move |path| {
        let contents = running.get_or_init(|| Contents::start(&folder).ok().map(RefCell::new)).as_ref()?;
        // A request ends with its line.
        let name = Some(format!(":./{path}")).filter(|name| !name.contains('\n'))?;
        let mut bytes = Vec::new();
        contents.try_borrow_mut().ok()?.read(&name, |content| content.read_to_end(&mut bytes).ok()).ok()??;
        Some(bytes)
    }
}

/// The files of the work tree that differ from where it left `revision` (the merge base with HEAD), new and
/// untracked ones included, relative to `folder`.
///
/// # Errors
/// There is no such revision or no repository, or git is missing.
pub fn changed_since(folder: &Path, revision: &str) -> Result<Vec<PathBuf>, GitError> {
    let commit = format!("{revision}^{{commit}}");
    let id = run(folder, &["rev-parse", "--verify", "--end-of-options", &commit], &[])?;
    let id = String::from_utf8_lossy(&id).trim().to_owned();
    // Without common history (a shallow clone) the revision itself is what there is to compare with.
    let base = run(folder, &["merge-base", &id, "HEAD"], &[]);
    let base = base.map_or(id, |base| String::from_utf8_lossy(&base).trim().to_owned());
    let tracked = run(folder, &with_diff(&[&base]), &[])?;
    let untracked = run(folder, &["ls-files", "--others", "--exclude-standard", "-z"], &[])?;
    let mut paths: Vec<PathBuf> = names(&tracked).chain(names(&untracked)).map(path_of).collect();
    paths.sort();
    paths.dedup();
    Ok(paths)
}

fn with_diff<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    let fixed = ["diff", "--name-only", "-z", "--no-ext-diff", "--no-renames", "--diff-filter=d", "--relative"];
    fixed.iter().chain(arguments).copied().collect()
}

fn names(output: &[u8]) -> impl Iterator<Item = &[u8]> {
    output.split(|byte| *byte == 0).filter(|name| !name.is_empty())
}

/// A name as git writes it.
#[cfg(unix)]
pub fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(<OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(bytes))
}

/// A name as git writes it.
#[cfg(not(unix))]
pub fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}

/// Runs git in `folder`; `paths` are taken literally.
fn run(folder: &Path, arguments: &[&str], paths: &[PathBuf]) -> Result<Vec<u8>, GitError> {
    let mut command = command(folder);
    command.args(arguments);
    if !paths.is_empty() {
        command.arg("--").args(paths);
    }
    let output = command.stdin(Stdio::null()).output().map_err(GitError::Run)?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let message = String::from_utf8_lossy(&output.stderr);
    if message.contains("not a git repository") {
        return Err(GitError::NoRepository);
    }
    let message = message.lines().next().unwrap_or("failed").trim_start_matches("fatal: ").to_owned();
    Err(GitError::Failed { command: arguments.first().copied().unwrap_or_default().to_owned(), message })
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new("git");
    // In a hook git hands us relative paths to its folder and index: only change folder where we have to.
    if !folder.as_os_str().is_empty() && folder != Path::new(".") {
        command.arg("-C").arg(folder);
    }
    command.args(["--no-pager", "--literal-pathspecs"]).env("LC_ALL", "C").env("GIT_OPTIONAL_LOCKS", "0");
    command
}

/// A running `git cat-file`, which gives contents by name.
pub(super) struct Contents {
    child: Child,
    requests: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Contents {
    pub(super) fn start(folder: &Path) -> Result<Self, GitError> {
        let mut command = command(folder);
        command.args(["cat-file", "--batch"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(GitError::Run)?;
        let requests = child.stdin.take();
        let answers = child.stdout.take().ok_or_else(|| GitError::Run(io::ErrorKind::BrokenPipe.into()))?;
        Ok(Self { child, requests, answers: BufReader::with_capacity(1 << 16, answers) })
    }

    /// Hands the content of what has that name, or stands at that place of the index, to `visit`, which need not read all
    /// of it.
    pub(super) fn read<T>(&mut self, id: &str, visit: impl FnOnce(&mut dyn Read) -> T) -> io::Result<T> {
        let requests = self.requests.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        requests.write_all(format!("{id}\n").as_bytes())?;
        let mut header = String::new();
        self.answers.read_line(&mut header)?;
        let size = header.trim_end().rsplit_once(' ').and_then(|(_, size)| size.parse::<u64>().ok());
        let size = size.ok_or_else(|| io::Error::other(format!("git has no {id}")))?;
        let mut content = (&mut self.answers).take(size);
        let result = visit(&mut content);
        io::copy(&mut content, &mut io::sink())?;
        self.answers.read_exact(&mut [0])?;
        Ok(result)
    }
}

impl Drop for Contents {
    fn drop(&mut self) {
        // The end of its input tells it to stop.
        self.requests = None;
        if self.child.wait().is_err() {
            self.child.kill().ok();
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::fs;

    use super::*;

    /// A repository with one commit of `a.c`, made at 1,218,499,200 s.
    fn repository() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        git(&root, &["init", "-q", "-b", "main"]);
        fs::write(root.join("a.c"), "old").unwrap();
        git(&root, &["add", "a.c"]);
        git(&root, &["commit", "-q", "-m", "first"]);
        (folder, root)
    }

    fn git(root: &Path, arguments: &[&str]) {
        let date = "1218499200 +0000";
        let identity = ["-c", "user.name=n", "-c", "user.email=e@example.org", "-c", "commit.gpgsign=false"];
        let mut command = Command::new("git");
        command.arg("-C").arg(root).args(identity).args(arguments);
        command.env("GIT_AUTHOR_DATE", date).env("GIT_COMMITTER_DATE", date).env("GIT_CONFIG_GLOBAL", "/dev/null");
        assert!(command.status().unwrap().success(), "{arguments:?}");
    }

    #[test]
    fn the_commit_says_when_it_was_made() {
        let (_folder, root) = repository();
        fs::create_dir(root.join("sub")).unwrap();
        assert_eq!(head_date(&root.join("sub")).unwrap(), Some(1_218_499_200));
        assert_eq!(super::root(&root.join("sub")).unwrap(), Some(root));
        let outside = tempfile::tempdir().unwrap();
        assert_eq!(head_date(outside.path()).unwrap(), None);
        git(outside.path(), &["init", "-q"]);
        assert_eq!(head_date(outside.path()).unwrap(), None);
    }

    #[test]
    fn the_index_is_read_rather_than_the_work_tree() {
        let (_folder, root) = repository();
        fs::write(root.join("-b\n.c"), "staged").unwrap();
        git(&root, &["add", "."]);
        fs::write(root.join("-b\n.c"), "later").unwrap();
        let entries = index(&root, &[]).unwrap();
        let paths: Vec<&Path> = entries.iter().map(|entry| entry.path.as_path()).collect();
        assert_eq!(paths, [Path::new("-b\n.c"), Path::new("a.c")]);
        let mut contents = Contents::start(&root).unwrap();
        let mut text = String::new();
        let mut read = |id: &str| {
            text.clear();
            contents.read(id, |content| content.read_to_string(&mut text)).unwrap().unwrap();
            text.clone()
        };
        assert_eq!((read(&entries[0].id), read(&entries[1].id)), ("staged".to_owned(), "old".to_owned()));
        assert!(contents.read(&"0".repeat(40), |_| ()).is_err());
        // What is not read of a content does not end up in the next one.
        contents.read(&entries[0].id, |_| ()).unwrap();
        let read = contents.read(&entries[1].id, |content| content.read(&mut [0; 9]));
        assert_eq!(read.unwrap().unwrap(), 3);
        assert_eq!(index(&root, &[PathBuf::from("*.c")]).unwrap(), []);
        assert_eq!(staged(&root).unwrap(), [PathBuf::from("-b\n.c")]);
        fs::write(root.join("a.c"), "later").unwrap();
        let contents = staged_contents(&root);
        assert_eq!(
            ["none.c", "-b\n.c", "a.c", "a.c"].map(contents),
            [None, None, Some(b"old".to_vec()), Some(b"old".to_vec())]
        );
    }

    #[test]
    fn changes_since_a_revision_are_named() {
        let (_folder, root) = repository();
        git(&root, &["checkout", "-q", "-b", "topic"]);
        for file in ["b.c", "c.c"] {
            fs::write(root.join(file), "new").unwrap();
        }
        git(&root, &["add", "b.c"]);
        git(&root, &["commit", "-q", "-m", "second"]);
        assert_eq!(changed_since(&root, "main").unwrap(), [PathBuf::from("b.c"), PathBuf::from("c.c")]);
        assert!(matches!(changed_since(&root, "--output=x"), Err(GitError::Failed { .. })));
        let outside = tempfile::tempdir().unwrap();
        assert!(matches!(changed_since(outside.path(), "main"), Err(GitError::NoRepository)));
    }
}

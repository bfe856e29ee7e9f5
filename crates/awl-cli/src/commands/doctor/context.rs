//! What checks look at. Files are read as far as they can be: what is wrong
//! with a line is a finding, not the end of the others.

use std::path::{Path, PathBuf};

use awl_sdk::config::ini::{LineKind, Lines};
use awl_sdk::config::{FileKind, SectionKind};
use awl_sdk::env::Host;

use super::probe::Probe;

/// A key on its line.
#[derive(Debug)]
pub(super) struct Entry {
    /// The key in small letters.
    pub key: String,
    /// The key as written.
    pub written: String,
    /// The value; of a nested block its lines.
    pub value: String,
    /// The line, from 1.
    pub line: usize,
}

/// A section and its keys.
#[derive(Debug)]
pub(super) struct Section {
    /// The text between the brackets.
    pub header: String,
    /// The line, from 1.
    pub line: usize,
    /// The keys in order.
    pub entries: Vec<Entry>,
}

impl Section {
    /// A key that has a value.
    pub(super) fn get(&self, key: &str) -> Option<&Entry> {
        self.entries
            .iter()
            .find(|entry| entry.key == key && !entry.value.is_empty())
    }
}

/// One of the two files, as far as it could be read.
#[derive(Debug)]
pub(super) struct ReadFile {
    /// Which of them.
    pub kind: FileKind,
    /// Where it is.
    pub path: PathBuf,
    /// Its sections.
    pub sections: Vec<Section>,
    /// What is wrong with it: the line, where it is one's fault, and why.
    pub failure: Option<(Option<usize>, String)>,
}

/// A profile: what both files say of it.
#[derive(Debug)]
pub(super) struct Profile<'a> {
    /// Its name.
    pub name: String,
    /// Its sections, that of the credentials file first, for it wins.
    pub parts: Vec<(&'a ReadFile, &'a Section)>,
}

impl<'a> Profile<'a> {
    /// The entry that counts for a key, and the file that it is in.
    pub(super) fn get(&self, key: &str) -> Option<(&'a ReadFile, &'a Entry)> {
        self.parts
            .iter()
            .find_map(|(file, section)| Some((*file, section.get(key)?)))
    }

    /// The value that counts for a key.
    pub(super) fn value(&self, key: &str) -> Option<&'a str> {
        self.get(key).map(|(_, entry)| entry.value.as_str())
    }

    /// The first of some keys that it has.
    pub(super) fn first_of(&self, keys: &[&'static str]) -> Option<&'static str> {
        keys.iter().copied().find(|key| self.get(key).is_some())
    }
}

/// Everything that checks look at.
#[derive(Debug)]
pub(super) struct Context<'a> {
    /// The outside world.
    pub host: &'a dyn Host,
    /// `~/.aws/config`.
    pub config: ReadFile,
    /// `~/.aws/credentials`.
    pub credentials: ReadFile,
    /// `--profile`.
    pub given_profile: Option<&'a str>,
    /// What the network said.
    pub probe: Probe,
}

impl<'a> Context<'a> {
    /// Reads the files.
    pub(super) fn new(host: &'a dyn Host, given_profile: Option<&'a str>) -> Self {
        Self {
            host,
            config: read(host, FileKind::Config),
            credentials: read(host, FileKind::Credentials),
            given_profile,
            probe: Probe::default(),
        }
    }

    /// A variable that has a value.
    pub(super) fn variable(&self, name: &str) -> Option<String> {
        let value = self.host.variable(name);
        value.filter(|value| !value.is_empty())
    }

    /// Both files.
    pub(super) fn files(&self) -> [&ReadFile; 2] {
        [&self.config, &self.credentials]
    }

    /// The profile that is chosen, and by what.
    pub(super) fn chosen_profile(&self) -> Option<(String, &'static str)> {
        if let Some(name) = self.given_profile {
            return Some((name.to_owned(), "--profile"));
        }
        ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"]
            .into_iter()
            .find_map(|name| Some((self.variable(name)?, name)))
    }

    /// All profiles, those of the config file first.
    pub(super) fn profiles(&self) -> Vec<Profile<'_>> {
        let mut profiles: Vec<Profile<'_>> = Vec::new();
        let of_config = self
            .sections(SectionKind::Profile)
            .map(|(name, section)| (name, &self.config, section));
        let of_credentials = self
            .credentials
            .sections
            .iter()
            .map(|section| (section.header.clone(), &self.credentials, section));
        for (name, file, section) in of_config.chain(of_credentials) {
            match profiles.iter_mut().find(|profile| profile.name == name) {
                Some(profile) => profile.parts.insert(0, (file, section)),
                None => profiles.push(Profile {
                    name,
                    parts: vec![(file, section)],
                }),
            }
        }
        profiles
    }

    /// The sections of a kind in the config file that have a name.
    pub(super) fn sections(&self, kind: SectionKind) -> impl Iterator<Item = (String, &Section)> {
        self.config.sections.iter().filter_map(move |section| {
            let (of, name) = SectionKind::of_header(&section.header)?;
            (of == kind).then_some((name?, section))
        })
    }

    /// A folder below the home.
    pub(super) fn in_home(&self, path: &str) -> Option<PathBuf> {
        Some(self.host.home()?.join(path))
    }

    /// The folders of cached sessions and credentials.
    pub(super) fn caches(&self) -> Vec<(Cached, PathBuf)> {
        let login = self
            .variable("AWS_LOGIN_CACHE_DIRECTORY")
            .map(|path| self.host.expand(&path))
            .or_else(|| self.in_home(".aws/login/cache"));
        [
            (Cached::Sso, self.in_home(".aws/sso/cache")),
            (Cached::Login, login),
            (Cached::Credentials, self.in_home(".aws/cli/cache")),
        ]
        .into_iter()
        .filter_map(|(kind, path)| Some((kind, path?)))
        .collect()
    }

    /// The JSON files of a folder, in order.
    pub(super) fn json_files(&self, folder: &Path) -> Vec<PathBuf> {
        let mut names = self.host.list(folder).unwrap_or_default();
        names.retain(|name| name.ends_with(".json"));
        names.sort_unstable();
        names.iter().map(|name| folder.join(name)).collect()
    }
}

/// What a cache has in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cached {
    /// Tokens of SSO sessions.
    Sso,
    /// Sessions of `aws login`.
    Login,
    /// Credentials of roles, of SSO and of MFA sessions.
    Credentials,
}

fn read(host: &dyn Host, kind: FileKind) -> ReadFile {
    let path = kind.path(host);
    let mut file = ReadFile {
        kind,
        path,
        sections: Vec::new(),
        failure: None,
    };
    let bytes = match host.read(&file.path) {
        Ok(bytes) => bytes,
        Err(error) => {
            use std::io::ErrorKind::{NotADirectory, NotFound};
            if !matches!(error.kind(), NotFound | NotADirectory) {
                file.failure = Some((None, error.to_string()));
            }
            return file;
        }
    };
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let before = &error.as_bytes()[..valid];
            let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
            file.failure = Some((Some(line), "it is not UTF-8 text".to_owned()));
            String::from_utf8_lossy(error.as_bytes()).into_owned()
        }
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    if let Err(error) = awl_sdk::config::ini::parse(text) {
        let failure = (Some(error.line), without_values(&error.reason));
        file.failure.get_or_insert(failure);
    }
    file.sections = sections(text);
    file
}

/// The sections of a text; lines that are wrong are passed over.
fn sections(text: &str) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    for line in Lines::new(text).flatten() {
        match (line.kind, sections.last_mut()) {
            (LineKind::Header(header), _) => sections.push(Section {
                header: header.to_owned(),
                line: line.number,
                entries: Vec::new(),
            }),
            (LineKind::Key(key, value), Some(section)) => section.entries.push(Entry {
                key: key.to_lowercase(),
                written: key.to_owned(),
                value: value.to_owned(),
                line: line.number,
            }),
            (LineKind::Continuation(value), Some(section)) => {
                if let Some(entry) = section.entries.last_mut() {
                    entry.value.push('\n');
                    entry.value.push_str(value);
                }
            }
            _ => {}
        }
    }
    sections
}

/// Why a file could not be parsed, without what stands in it: that may be a
/// secret.
fn without_values(reason: &str) -> String {
    match reason.split_once("` below `") {
        Some((_, rest)) => format!("a line below `{rest}"),
        None => reason.to_owned(),
    }
}

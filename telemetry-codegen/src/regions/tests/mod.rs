mod errors;
mod filling;
mod pages;
mod printing;

use super::{Content, HostFormat};

/// Two sections and two values, whose text is given.
struct Given {
    text: String,
}

impl Content for Given {
    fn sections(&self) -> Vec<(&'static str, Vec<&'static str>)> {
        vec![
            ("collected", vec!["list", "table"]),
            ("retention", vec!["prose"]),
        ]
    }

    fn values(&self) -> Vec<&'static str> {
        vec!["retention_days", "title"]
    }

    fn section(&self, name: &str, format: &str, _: HostFormat) -> Option<String> {
        let known = self.sections();
        let (_, formats) = known.iter().find(|(known, _)| *known == name)?;
        formats.contains(&format).then(|| self.text.clone())
    }

    fn value(&self, name: &str, _: HostFormat) -> Option<String> {
        self.values().contains(&name).then(|| self.text.clone())
    }
}

fn given(text: &str) -> Given {
    Given {
        text: text.to_owned(),
    }
}

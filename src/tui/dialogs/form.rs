//! Dialogs that ask: fields to type in, and two buttons. What they are for is told from outside.

use tui_input::Input;

use crate::tui::text::prose::Role;

/// A text to type.
#[derive(Debug)]
pub struct Field {
    /// What stands before it.
    pub label: &'static str,
    /// What is typed.
    pub input: Input,
}

/// A button.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Button {
    /// Leaves everything as it is.
    Cancel,
    /// Does what the dialog says.
    Confirm,
}

/// Who has the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Focus {
    /// A field, by its number.
    Field(usize),
    /// A button.
    Button(Button),
}

/// An open form.
#[derive(Debug)]
pub struct Form {
    /// What can be typed.
    pub fields: Vec<Field>,
    /// Who has the keys.
    pub focus: Focus,
    /// How many pages the text is scrolled from where the focus puts it, where it is higher than the
    /// screen.
    pub pages: i8,
    /// The suggestion under the field that the arrows went to.
    pub suggested: Option<usize>,
}

/// Something that can be taken into a field instead of typing it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// What the field says then.
    pub text: String,
    /// What the dialog shows of it. May have foreign text.
    pub shown: String,
}

/// Something that a form says.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Said {
    /// The word that it is found by, such as `Undo`; empty for what goes on with the one before, or speaks for itself.
    pub word: &'static str,
    /// What it is.
    pub role: Role,
    /// The text. May have foreign text.
    pub text: String,
}

impl Said {
    /// Ordinary text behind its word.
    pub fn plain(word: &'static str, text: impl Into<String>) -> Self {
        Self {
            word,
            role: Role::Plain,
            text: text.into(),
        }
    }

    /// What needs a second look, behind its word.
    pub fn warn(word: &'static str, text: impl Into<String>) -> Self {
        Self {
            role: Role::Warn,
            ..Self::plain(word, text)
        }
    }

    /// What is less important, behind its word.
    pub fn quiet(word: &'static str, text: impl Into<String>) -> Self {
        Self {
            role: Role::Quiet,
            ..Self::plain(word, text)
        }
    }
}

impl From<(Role, String)> for Said {
    fn from((role, text): (Role, String)) -> Self {
        Self {
            role,
            ..Self::plain("", text)
        }
    }
}

/// What a form says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormText {
    /// The heading.
    pub title: String,
    /// What it is about.
    pub intro: Vec<Said>,
    /// What stands beside each field.
    pub remarks: Vec<(Role, String)>,
    /// What can be taken into the field that has the keys, the likeliest first.
    pub suggestions: Vec<Suggestion>,
    /// What will happen.
    pub outlook: Vec<Said>,
    /// The rest, for those who ask.
    pub explains: &'static [&'static str],
    /// The button that leaves everything as it is.
    pub cancel: &'static str,
    /// The button that does it.
    pub confirm: &'static str,
    /// Why it cannot be done yet.
    pub problem: Option<String>,
}

impl Form {
    /// A form. The keys go to the first field, or else to Cancel.
    pub fn new(labels: Vec<&'static str>) -> Self {
        let field = |label| Field {
            label,
            input: Input::default(),
        };
        let fields: Vec<Field> = labels.into_iter().map(field).collect();
        let focus = if fields.is_empty() {
            Focus::Button(Button::Cancel)
        } else {
            Focus::Field(0)
        };
        Self {
            fields,
            focus,
            pages: 0,
            suggested: None,
        }
    }

    fn stops(&self) -> Vec<Focus> {
        let fields = (0..self.fields.len()).map(Focus::Field);
        let buttons = [Button::Cancel, Button::Confirm].map(Focus::Button);
        fields.chain(buttons).collect()
    }

    fn step(&mut self, by: usize) {
        let stops = self.stops();
        let at = stops
            .iter()
            .position(|stop| *stop == self.focus)
            .unwrap_or(0);
        let next = at.saturating_add(by).checked_rem(stops.len()).unwrap_or(0);
        if let Some(stop) = stops.get(next) {
            self.focus_on(*stop);
        }
    }

    /// The keys go to the next field or button.
    pub fn focus_next(&mut self) {
        self.step(1);
    }

    /// The keys go to the field or button before.
    pub fn focus_previous(&mut self) {
        self.step(self.stops().len().saturating_sub(1));
    }

    /// Whether the last field has the keys.
    pub fn is_in_last_field(&self) -> bool {
        matches!(self.focus, Focus::Field(i) if i.saturating_add(1) >= self.fields.len())
    }

    /// The keys go to a field or a button.
    pub fn focus_on(&mut self, focus: Focus) {
        self.focus = focus;
        self.pages = 0;
        self.suggested = None;
    }

    /// The suggestion that would be taken: the one that the arrows went to, or the only one. Among several none is
    /// guessed.
    pub fn suggestion<'a>(&self, suggestions: &'a [Suggestion]) -> Option<&'a Suggestion> {
        match (self.suggested, suggestions) {
            (Some(at), _) => suggestions.get(at),
            (None, [only]) => Some(only),
            (None, _) => None,
        }
    }

    /// Takes it into the field that has the keys.
    pub fn take_suggestion(&mut self, suggestions: &[Suggestion]) {
        let taken = self.suggestion(suggestions).map(|it| it.text.clone());
        self.suggested = None;
        if let (Some(text), Some(input)) = (taken, self.focused_input()) {
            *input = text.into();
        }
    }

    /// Goes up or down in the suggestions; answers whether that is still in them.
    pub fn step_suggestion(&mut self, down: bool, suggestions: usize) -> bool {
        let next = match (self.suggested, down) {
            (None, true) => Some(0),
            (Some(at), true) => at.checked_add(1),
            (Some(at), false) => at.checked_sub(1),
            (None, false) => return false,
        };
        let inside = next.is_none_or(|at| at < suggestions);
        if inside {
            self.suggested = next;
        }
        inside && suggestions > 0
    }

    /// The field that has the keys.
    pub fn focused_input(&mut self) -> Option<&mut Input> {
        match self.focus {
            Focus::Field(i) => self.fields.get_mut(i).map(|field| &mut field.input),
            Focus::Button(_) => None,
        }
    }

    /// What is typed in a field, without blanks around it.
    pub fn typed(&self, field: usize) -> &str {
        self.fields
            .get(field)
            .map_or("", |f| f.input.value().trim())
    }
}

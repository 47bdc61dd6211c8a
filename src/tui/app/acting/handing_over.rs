//! Hand-overs: what is read of both accounts, what a person chooses, and the dialog at the end.

use std::collections::BTreeSet;

use crate::{
    domain::{
        Action, Belongings, Beside, Candidate, CertificateId, Choice, Look, NoRecipient,
        PolicyThere, Selection, There, text::visible, typed_pairs,
    },
    tui::{
        app::{acting::plans::follow_plan, state::App},
        confirm::{batch::draft::Draft, confirmation::Confirmation},
        dialogs::menu::{Entry, Menu},
        flash::Level,
        intent::Intent,
        keymap::Command,
        layers::{Dialog, MenuKind},
        pages::{
            belongings::{choosing::Choosing, detail::detail, state::RowKey},
            reader::state::{Content, Reader},
        },
    },
};

/// The longest name of a policy (service model).
const LONGEST_POLICY: usize = 128;

impl App {
    /// The other side, as far as it is known where it leads.
    pub(in crate::tui::app) fn beside(&self) -> Option<Beside> {
        let session = &self.peer.as_ref()?.session;
        let place = session.at().filter(|_| session.connected)?;
        Some(Beside {
            connection: session.id,
            place,
        })
    }

    /// Why nothing can be handed over to the other side.
    pub(in crate::tui::app) fn against_hand_over(&self) -> Option<String> {
        let key = self.setup.keymap.key(Command::OtherSide);
        let Some(beside) = self.beside() else {
            return Some(format!("open the other side first: {key}"));
        };
        let Some(here) = self.side.session.at() else {
            return Some("the account is not known yet".to_owned());
        };
        let there = &beside.place;
        if here == *there {
            return Some("both sides are the same account".to_owned());
        }
        if !here.shares_region_with(there) {
            return Some("the other side is in another region".to_owned());
        }
        if self
            .peer
            .as_ref()
            .is_some_and(|peer| self.setup.is_read_only(&peer.session))
        {
            return Some("the other side is read-only".to_owned());
        }
        let refused = self.setup.config.accounts.may_receive(there.account).err();
        refused.map(|why| match why {
            NoRecipient::Denied(_) => "the account of the other side is marked deny".to_owned(),
            NoRecipient::NotAllowed(_) => {
                "the account of the other side is not marked allow".to_owned()
            }
        })
    }

    /// Reads what certificates have in both accounts, to hand them over.
    pub(in crate::tui::app) fn begin_hand_over(&mut self, ids: &[CertificateId]) {
        if let Some(why) = self.against_hand_over() {
            let label = Action::HandOver.label();
            return self.say(Level::Bad, format!("{label}: {why}."));
        }
        let takes = |id: &CertificateId| {
            Action::HandOver.applies_to(self.status(*id)) && !self.facts().is_changing(*id)
        };
        let chosen: Vec<CertificateId> = ids.iter().copied().filter(takes).collect();
        if chosen.is_empty() {
            let all = ids.iter().map(|id| {
                let candidate = Candidate {
                    status: self.status(*id),
                    changing: self.facts().is_changing(*id),
                    open: false,
                };
                (candidate, 1)
            });
            let (label, why) = (Action::HandOver.label(), Action::HandOver.against_all(all));
            return self.say(Level::Bad, format!("{label}: {why}."));
        }
        let left = ids.len().saturating_sub(chosen.len());
        let choosing = Choosing::new(&self.setup.config.hand_over);
        self.read_belongings(chosen, Some(choosing));
        if left > 0 {
            let text =
                format!("{left} of the marked are left out: they cannot be handed over now.");
            self.say(Level::Info, text);
        }
    }

    /// Reads both accounts again.
    pub(in crate::tui::app) fn look_again(&mut self) {
        let again = self
            .belongings_view()
            .map(|it| (it.ids.clone(), it.choosing.clone()));
        if let Some((ids, choosing)) = again {
            self.read_belongings(ids, choosing);
        }
    }

    /// What can become of a policy.
    pub(in crate::tui::app) fn open_policy_choices(&mut self, name: &str) {
        let Some(view) = self.belongings_view() else {
            return;
        };
        let Some(read) = view.survey.policies.get(name) else {
            return;
        };
        let differs = matches!(read.there, PolicyThere::Other(_));
        let as_it_would_be = read.name_there.clone();
        let chosen = view.choosing.as_ref().and_then(|it| it.choices.get(name));
        let chosen = chosen.cloned();
        let choose = |choice| Intent::ChoosePolicy(name.to_owned(), choice);
        let mark = |choice: Option<&Choice>| {
            if chosen.as_ref() == choice {
                "chosen"
            } else {
                ""
            }
        };
        let other = format!("{as_it_would_be}-2");
        let mut entries = vec![Entry::enabled(
            Command::Difference,
            "How it differs, line by line",
            Intent::PolicyDifference(name.to_owned()),
        )];
        if differs {
            let theirs = Choice::Theirs;
            entries.push(
                Entry::enabled(
                    Command::AttachTheirs,
                    "Attach what is there, as it is",
                    choose(theirs.clone()),
                )
                .with_remark(mark(Some(&theirs)).to_owned()),
            );
        }
        let create = Choice::CreateAs(other.clone());
        let label = format!("Create it there as {}", visible(&other));
        entries.push(if other.len() > LONGEST_POLICY {
            Entry::disabled(Command::CreateAs, label, "the name would be too long")
        } else {
            Entry::enabled(Command::CreateAs, label, choose(create.clone()))
                .with_remark(mark(Some(&create)).to_owned())
        });
        let out = Choice::LeaveOut;
        entries.push(
            Entry::enabled(Command::LeaveOut, "Leave it out", choose(out.clone()))
                .with_remark(mark(Some(&out)).to_owned()),
        );
        let title = format!("Policy {}", visible(name));
        self.open(Dialog::Menu(Menu::new(title, entries), MenuKind::Fixed));
    }

    /// Shows how a policy differs.
    pub(in crate::tui::app) fn show_policy_difference(&mut self, name: String) {
        let title = format!("Policy {}", visible(&name));
        let view = self.dialogs.iter().rev().find_map(|dialog| match dialog {
            Dialog::Belongings(view) => Some(view),
            _ => None,
        });
        let Some(view) = view else {
            return;
        };
        let text = detail(&self.facts(), view, &RowKey::Policy(name));
        let reader = Reader::new(title, Content::Prose(text));
        self.open(Dialog::Reader(reader));
    }

    /// Chooses what becomes of a policy.
    pub(in crate::tui::app) fn choose_policy(&mut self, name: String, choice: Choice) {
        if let Some(view) = self.belongings_view()
            && let Some(choosing) = &mut view.choosing
        {
            choosing.choices.insert(name, choice);
            view.work_out();
        }
    }

    /// Asks for what things, policies and groups are called in the recipient's account.
    pub(in crate::tui::app) fn ask_names_there(&mut self) {
        let choosing = self.belongings_view().and_then(|it| it.choosing.clone());
        let Some(Choosing { wishes, .. }) = choosing else {
            return;
        };
        self.open_form(Confirmation::NamesThere);
        if let Some(Dialog::Form(form, _)) = self.dialogs.last_mut() {
            let texts = [
                wishes.mapping.thing_prefix,
                typed_pairs(&wishes.mapping.policies),
                typed_pairs(&wishes.mapping.groups),
                wishes.differing_things.word().to_owned(),
                wishes.activation.word().to_owned(),
            ];
            for (field, text) in form.fields.iter_mut().zip(texts) {
                field.input = text.into();
            }
        }
    }

    /// Opens the dialog that asks before anything is done.
    pub(in crate::tui::app) fn confirm_hand_over(&mut self) {
        let Some(beside) = self.beside().filter(|_| self.against_hand_over().is_none()) else {
            let why = self.against_hand_over().unwrap_or_default();
            return self.say(Level::Bad, format!("Hand over: {why}."));
        };
        let Some(view) = self.belongings_view() else {
            return;
        };
        let Some(recipe) = view.choosing.as_ref().and_then(|it| it.recipe.clone()) else {
            let text = "Hand over: not before all of it is read.";
            return self.say(Level::Info, text);
        };
        if recipe.ready().next().is_none() {
            let obstacles = recipe.obstacles();
            let first = obstacles.keys().next().map(ToString::to_string);
            let text = format!("Hand over: {}.", first.unwrap_or_default());
            return self.say(Level::Bad, text);
        }
        if view.survey.beside != Some(beside.place.account) {
            let text = "Hand over: it was compared with another account. Read it again.";
            return self.say(Level::Bad, text);
        }
        let (ids, place) = (view.ids.clone(), view.place.clone());
        let looks = view.survey.certificates.values();
        let looks: Vec<Look> = looks.map(Belongings::look).collect();
        let choosing = view.choosing.clone();
        let renames = view.choosing.as_ref();
        let renames = renames.is_some_and(|it| !it.wishes.mapping.thing_prefix.is_empty());
        let survey = &view.survey;
        // Only those that things are in themselves are joined.
        let things = survey.certificates.values().flat_map(|it| &it.things);
        let direct: BTreeSet<&String> = things.flat_map(|it| it.groups.iter().flatten()).collect();
        let missing = survey
            .groups
            .values()
            .filter(|it| it.there == There::Missing);
        let missing = missing.filter(|it| direct.contains(&it.name));
        let missing_groups: Vec<String> = missing.map(|it| it.name_there.clone()).collect();
        let known = |id| crate::domain::Candidate {
            status: self.status(id),
            changing: self.facts().is_changing(id),
            open: false,
        };
        if !self.facts().is_here(&place) {
            let text = "Hand over: it was read in another account. Go back there first.";
            return self.say(Level::Bad, text);
        }
        let mut selection = match Selection::choose(Action::HandOver, place, &ids, known) {
            Ok(selection) => selection,
            Err(why) => return self.say(Level::Bad, format!("Hand over: {why}.")),
        };
        selection.looks = looks;
        selection.looked = true;
        selection.beside = Some(beside);
        selection.recipe = Some(recipe);
        let mut draft = Draft {
            hidden: self.side.list.hidden(&selection.certificates),
            selection,
            said: Vec::new(),
            recipients: Vec::new(),
            plan: None,
            changed: Vec::new(),
        };
        if let Some(choosing) = choosing {
            follow_plan(&mut draft, &choosing);
        }
        draft.said = draft.hand_over(&self.facts(), &missing_groups, renames);
        self.open_form(Confirmation::Batch(Box::new(draft)));
    }
}

//! What a page, a dialog or a menu asks for. Carrying it out is up to `App`.

use crate::{
    domain::{
        Action, Attachment, BatchId, CertificateId, Choice, FilterChange, Finder, NamedKind,
        Procedure, Record, RequestId, StopAt, Target,
    },
    tui::{flash::Level, keymap::Command, pages::certificates::list::SortBy, text::prose::Prose},
};

/// What somebody asks for. It names everything it touches, so that what runs is what was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Intent {
    /// Does what a key of the list and the details does.
    Do(Command),
    /// Does this, which was chosen in the palette by these words.
    FromPalette(String, Box<Intent>),
    /// Closes what is on top.
    Close,
    /// Says something in the line for it.
    Say(Level, String),
    /// Asks again for the text on top that could not be had.
    ReadAgain,
    /// Shows what was done with a certificate of a batch.
    ShowItem(RequestId, CertificateId),
    /// Shows the actions of a certificate.
    Actions(CertificateId),
    /// Asks how a batch is to be stopped.
    AskToStop(RequestId),
    /// Asks what to do first: to resume what a batch has begun, or to begin what it has not.
    TryAgain {
        /// What is done with those that are begun.
        procedure: Procedure,
        /// Those that stopped on the way.
        begun: Vec<CertificateId>,
        /// Those that were not begun.
        fresh: Vec<CertificateId>,
    },
    /// Writes a new file into the working folder.
    Save {
        /// Its name.
        name: String,
        /// What it says.
        text: String,
    },
    /// Shows what can be copied.
    CopyMenu(CertificateId),
    /// Copies a text.
    Copy {
        /// What it is, for the flash line.
        what: &'static str,
        /// The text.
        text: String,
    },
    /// Shows a text.
    ShowText {
        /// Its heading.
        title: String,
        /// What it says.
        text: Prose,
    },
    /// Shows the details of a certificate, in the place of what is on top.
    OpenCertificate(CertificateId),
    /// Shows what can be done about a run of the journal.
    RunMenu {
        /// The run.
        run: Box<Record>,
        /// Whether a later run took more of the same certificate.
        overtaken: bool,
    },
    /// Goes to the other side, and does this there.
    OnTheOtherSide(Box<Intent>),
    /// Asks whether to delete what a hand-over has created.
    RemoveCreated(Box<Record>),
    /// Shows everything of a run.
    ShowRun(Box<Record>),
    /// Asks for everything anew.
    Refresh,
    /// Shows what certificates would lose.
    TakesAlong(Vec<CertificateId>),
    /// Shows what can become of a policy of the hand-over that is open, by its name.
    PolicyOfHandOver(String),
    /// Shows how such a policy differs.
    PolicyDifference(String),
    /// Chooses what becomes of it.
    ChoosePolicy(String, Choice),
    /// Asks for what things, policies and groups are called in the recipient's account.
    AskNamesThere,
    /// Reads both accounts again, with what was chosen.
    LookAgain,
    /// Opens the dialog of the hand-over that is open.
    ConfirmHandOver,
    /// Shows what can be done with something that exists, by its name.
    NamedMenu(NamedKind, String),
    /// Shows everything of a policy or of a thing.
    AllOf(NamedKind, String),
    /// Shows the certificates of a filter in the list.
    FilterBy(String),
    /// Finds by this, beside what else the filter says.
    FindBy(Finder),
    /// Puts it in the place of the word that the cursor of the filter is in.
    CompleteFilter(String),
    /// Forgets a filter that was saved, or that it was used.
    ForgetFilter(String, FilterChange),
    /// Shows a policy's document, or a thing's attributes.
    View(Attachment),
    /// Asks whether to detach policies or things of a certificate.
    Detach(CertificateId, Vec<Attachment>),
    /// Opens the dialog of a batch over certificates.
    Begin(Action, Vec<CertificateId>),
    /// Opens the dialog of the same procedure once more, with what was typed.
    Again(Procedure, Vec<CertificateId>),
    /// Shows what can become of an unfinished run.
    Decide(CertificateId),
    /// Shows what can become of what a batch has not begun.
    NotBegun(BatchId),
    /// Forgets what a batch has not begun.
    ForgetBatch(BatchId),
    /// Shows what can become of what another process, named by its token, holds.
    Holder(String),
    /// Asks whether to take it over.
    TakeOver(String),
    /// Shows a batch.
    ShowBatch(RequestId),
    /// Stops a batch.
    Stop(RequestId, StopAt),
    /// Closes the menu, and nothing else.
    GoOn,
    /// Draws everything in another theme, by its name.
    UseTheme(String),
    /// Sorts the list.
    SortBy(SortBy),
    /// Takes all marks away.
    Unmark,
    /// Changes the account.
    Connect(Target),
    /// Open the other side with this profile, or lead it there.
    ConnectPeer(Option<String>),
    /// Go to the other side.
    ChangeSides,
    /// Choose where the other side leads.
    AskPeer,
    /// Close the other side.
    ClosePeer,
    /// Asks for a region.
    AskRegion,
}

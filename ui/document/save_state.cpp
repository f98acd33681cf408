#include "ui/document/save_state.h"

namespace kinescore {
namespace {

constexpr int kLookAfterMs = 150;   // the journal writes within a tenth of a second
constexpr int kLookAgainMs = 1000;  // while it cannot

}  // namespace

SaveState::SaveState(Session& session, QObject* parent) : QObject(parent), session_(session) {
  soon_.setSingleShot(true);
  connect(&soon_, &QTimer::timeout, this, &SaveState::look);
  connect(&session, &Session::savingChanged, this, &SaveState::look);
  connect(&session, &Session::projectChanged, this, [this] {
    look();
    soon_.start(kLookAfterMs);
  });
  look();
}

SaveState::Kind SaveState::kindNow() const {
  if (session_.isSaving()) {
    return Kind::Saving;
  }
  if (!session_.saveProblem().isEmpty()) {
    return Kind::SaveFailed;
  }
  if (session_.isChanged()) {
    return journalProblem_.isEmpty() ? Kind::EditsKept : Kind::EditsNotKept;
  }
  return session_.hasPath() && !session_.saveNeedsPath() ? Kind::Saved : Kind::Untouched;
}

void SaveState::look() {
  const QString problem = session_.journalProblem();
  const bool isNew = !problem.isEmpty() && journalProblem_.isEmpty();
  journalProblem_ = problem;
  kind_ = kindNow();
  if (!problem.isEmpty()) {
    soon_.start(kLookAgainMs);
  }
  Q_EMIT changed();
  if (isNew) {
    Q_EMIT keepingFailed(problem);
  }
}

QString SaveState::words() const {
  switch (kind_) {
    case Kind::Untouched: return session_.isReadOnly() ? tr("Read-only") : QString();
    case Kind::Saved: return tr("Saved %1").arg(session_.savedAt().time().toString(QStringLiteral("HH:mm")));
    case Kind::Saving: return tr("Saving…");
    case Kind::EditsKept: return tr("Edits kept, not saved");
    case Kind::EditsNotKept: return tr("Edits not kept");
    case Kind::SaveFailed: return tr("Could not save");
  }
  return {};
}

QString SaveState::reason() const {
  switch (kind_) {
    case Kind::EditsKept:
      return session_.isReadOnly() ? session_.readOnlyReason()
                                   : tr("Every edit is kept against a crash. Saving puts them into the project's file.");
    case Kind::EditsNotKept: return journalProblem_;
    case Kind::SaveFailed: return session_.saveProblem();
    default: return session_.readOnlyReason();
  }
}

QString SaveState::iconName() const {
  switch (kind_) {
    case Kind::Untouched: return session_.isReadOnly() ? QStringLiteral("lock") : QString();
    case Kind::Saved: return QStringLiteral("check");
    case Kind::Saving:
    case Kind::EditsKept: return QStringLiteral("more");
    case Kind::EditsNotKept:
    case Kind::SaveFailed: return QStringLiteral("warn");
  }
  return {};
}

}  // namespace kinescore

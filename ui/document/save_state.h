// What the window says of the project being safe: saved at a time, being saved, kept by the journal only, not kept.
#pragma once

#include <QTimer>

#include "ui/document/session.h"

namespace kinescore {

class SaveState : public QObject {
  Q_OBJECT

 public:
  enum class Kind {
    Untouched,      // new, nothing to lose
    Saved,
    Saving,
    EditsKept,      // not saved, but a crash takes nothing
    EditsNotKept,   // not saved, and the journal cannot be written
    SaveFailed,
  };

  explicit SaveState(Session& session, QObject* parent = nullptr);
  [[nodiscard]] Kind kind() const { return kind_; }
  /// "Saved 14:32"
  [[nodiscard]] QString words() const;
  /// Why it is not as it should be; for the tooltip and the sentence behind a click.
  [[nodiscard]] QString reason() const;
  /// Name of the icon before the words; empty: none.
  [[nodiscard]] QString iconName() const;
  [[nodiscard]] bool isTrouble() const { return kind_ == Kind::EditsNotKept || kind_ == Kind::SaveFailed; }

 Q_SIGNALS:
  void changed();
  /// Once, when the journal cannot be written any more: one sentence.
  void keepingFailed(const QString& sentence);

 private:
  [[nodiscard]] Kind kindNow() const;
  void look();

  Session& session_;
  Kind kind_ = Kind::Untouched;
  QString journalProblem_;
  QTimer soon_;  // the journal answers a little after an edit
};

}  // namespace kinescore

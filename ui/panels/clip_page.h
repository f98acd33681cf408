// A page of the inspector for clips of one kind. What every kind has (name, times, strength, and what is said of locked and muted
// clips) is made and filled here; a page adds what is its own. A page for one more kind:
//
//   class FooPage : public ClipPage {
//     FooPage(Session& session, QWidget* parent) : ClipPage(session, tr("Foo"), parent) { addName(); …; addStretch(); }
//     bool isFor(const Clip& clip) const override { return std::holds_alternative<FooCondition>(clip.condition); }
//     void fill(const Clip& clip) override { … }
//   };
//
// and a line in Inspector::makeClipPages().
#pragma once

#include <functional>

#include "ui/document/session.h"
#include "ui/panels/inspector_page.h"

namespace kinescore {

class StrengthEditor;

/// Asks for a file, with this title and from this folder on; empty when nothing was chosen.
using FileChooser = std::function<QString(QWidget* parent, const QString& title, const QString& folder)>;
[[nodiscard]] QString chooseFileByDialog(QWidget* parent, const QString& title, const QString& folder);

class ClipPage : public QWidget {
  Q_OBJECT

 public:
  ClipPage(Session& session, const QString& title, QWidget* parent);
  [[nodiscard]] virtual bool isFor(const Clip& clip) const = 0;
  /// What the inspector's header says: “Sound”.
  [[nodiscard]] const QString& title() const { return title_; }
  void showClip(const Clip& clip);
  /// Another clip, or none: what was typed in one go is over.
  virtual void leave() {}
  void setFileChooser(FileChooser chooser) { chooseFile_ = std::move(chooser); }

 protected:
  /// The page's own fields, as they are in the clip.
  virtual void fill(const Clip& clip) = 0;
  /// The clip that is shown.
  [[nodiscard]] std::shared_ptr<const Clip> clip() const;
  [[nodiscard]] bool isFilling() const { return isFilling_; }
  /// One step of the history; nothing when it is refused, and then the fields say what stands.
  bool change(const QString& step, const std::function<void(Clip&)>& apply, GestureId gesture = kNoGesture);
  [[nodiscard]] Ticks at(qint64 frame) const { return ticksOfFrame(frame, session_.rate()); }

  // From top to bottom.
  QVBoxLayout* addSection() { return kinescore::addSection(page_); }
  void addName();
  /// Start, end and length; of a key its frame and how long it is held.
  void addTimes();
  void addKeyTimes(const QString& moveStep, const QString& holdStep);
  /// A curve; of a key one number. With a reason it is there and has no effect.
  void addStrength(const QString& whyNot = {});
  void addKeyStrength();
  /// A sentence that is always there.
  QLabel* addNote(const QString& words);
  void addStretch() { page_.column->addStretch(1); }
  [[nodiscard]] QWidget* body() { return page_.body; }
  /// A field that has no effect is disabled and says why.
  static void setUsable(QWidget* field, bool isUsable, const QString& whyNot);

  Session& session_;
  FileChooser chooseFile_ = chooseFileByDialog;

 private:
  void fillState(const Clip& clip);
  void refill();

  QString title_;
  PageParts page_;
  ObjectId id_;
  bool isFilling_ = false;
  Panel* stateRow_;
  QLabel* stateWords_;
  QPushButton* stateButton_;
  QLineEdit* name_ = nullptr;
  FrameField *start_ = nullptr, *end_ = nullptr, *length_ = nullptr;
  FrameField *frame_ = nullptr, *hold_ = nullptr;
  StrengthEditor* strength_ = nullptr;
  NumberField* keyStrength_ = nullptr;
};

}  // namespace kinescore

// What animators expect of a timeline, item by item (T1 … T30): the real window on a fake engine, driven by mouse and
// keys as a person does.
#pragma once

#include <QDialog>
#include <QMenu>
#include <QTimer>

#include "tests/ui/main_window_fixture.h"
#include "ui/document/edit_commands.h"
#include "ui/timeline/timeline_view.h"
#include "ui/widgets/fields.h"

namespace kinescore {

class Expectations : public MainWindowTest {
 protected:
  void SetUp() override {
    MainWindowTest::SetUp();
    QApplication::setActiveWindow(window_.get());
    view().setFocus();
    QCoreApplication::processEvents();
    view().fitAll();
  }
  void TearDown() override {
    EXPECT_TRUE(dialogs().isEmpty()) << "a dialog stands in the way";
    MainWindowTest::TearDown();
  }

  TimelineView& view() { return window_->timeline(); }
  Playback& playback() { return session().playback(); }
  int steps() { return session().document().undoStack().index(); }
  void undo() { window_->action("Undo")->trigger(); }
  static QList<QDialog*> dialogs() {
    QList<QDialog*> open;
    for (QWidget* widget : QApplication::topLevelWidgets()) {
      if (auto* dialog = qobject_cast<QDialog*>(widget); dialog != nullptr && dialog->isVisible()) {
        open << dialog;
      }
    }
    return open;
  }

  // What is on the timeline.
  ObjectId track(TrackKind kind) {
    for (const auto& track : session().timeline().tracks()) {
      if (track->kind == kind) {
        return track->id;
      }
    }
    return {};
  }
  const std::vector<std::shared_ptr<const Clip>>& clipsOf(TrackKind kind) { return session().timeline().clipsOf(track(kind)); }
  std::shared_ptr<const Clip> clip(ObjectId id) { return session().timeline().findClip(id); }
  TimeRange spanOf(ObjectId id) { return clip(id) ? clip(id)->span : TimeRange{}; }
  /// In the project's frames, half-open.
  FrameRange framesOf(ObjectId id) {
    return {nearestFrame(spanOf(id).start, session().rate()), nearestFrame(spanOf(id).end, session().rate())};
  }
  Ticks at(std::int64_t frame) { return ticksOfFrame(frame, session().rate()); }
  ObjectId addTo(ObjectId trackId, TimeRange span, Condition condition) {
    Clip made;
    made.trackId = trackId;
    made.span = span;
    made.condition = std::move(condition);
    const auto patch = addClip(session().timeline(), session().document().ids(), made);
    session().document().edit(QStringLiteral("Add"), patch);
    return patch->changes.front().id;
  }
  ObjectId prompt(std::int64_t from, std::int64_t to, const std::string& words) {
    return addTo(track(TrackKind::Text), {at(from), at(to)}, TextCondition{words, BodyPart::Whole});
  }
  std::string wordsOf(ObjectId id) { return std::get<TextCondition>(clip(id)->condition).prompt; }
  ObjectId poseAt(std::int64_t frame) {
    playback().seekFrame(frame);
    EXPECT_TRUE(session().pinPose());
    return *session().selection().singleClip();
  }
  void setRate(FrameRate rate) {
    TimelineSettings settings = session().timeline().settings();
    settings.rate = rate;
    ASSERT_TRUE(session().document().edit(QStringLiteral("Frame rate"), changeSettings(session().timeline(), settings)));
  }

  // The mouse over the timeline.
  int xOf(std::int64_t frame) { return view().xOf(at(frame)); }
  QPoint middleOf(ObjectId id) { return view().rectOf(id).center(); }
  QPoint pointOn(ObjectId trackId, std::int64_t frame) { return {xOf(frame), view().rowRect(trackId).center().y()}; }
  void press(const QPoint& at, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
    QTest::mousePress(&view(), Qt::LeftButton, modifiers, at);
  }
  void moveTo(const QPoint& at, Qt::KeyboardModifiers modifiers = Qt::NoModifier, Qt::MouseButton held = Qt::LeftButton) {
    QMouseEvent event(QEvent::MouseMove, at, view().mapToGlobal(at), Qt::NoButton, held, modifiers);
    QApplication::sendEvent(&view(), &event);
  }
  void release(const QPoint& at, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
    QTest::mouseRelease(&view(), Qt::LeftButton, modifiers, at);
  }
  void drag(const QPoint& from, const QPoint& to, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
    press(from, modifiers);
    moveTo(from + (to - from) / 2, modifiers);
    moveTo(to, modifiers);
    release(to, modifiers);
  }
  void click(const QPoint& at, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
    QTest::mouseClick(&view(), Qt::LeftButton, modifiers, at);
  }
  void doubleClick(const QPoint& at) { QTest::mouseDClick(&view(), Qt::LeftButton, Qt::NoModifier, at); }
  void wheel(const QPoint& at, int notches, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
    QWheelEvent event(at, view().mapToGlobal(at), {}, {0, 120 * notches}, Qt::NoButton, modifiers, Qt::NoScrollPhase, false);
    QApplication::sendEvent(&view(), &event);
  }
  /// What stands in the menu of a right click; the entry is taken when it is named, else the menu is closed.
  QStringList rightClick(const QPoint& at, const QString& choose = {}) {
    QTest::mouseClick(&view(), Qt::RightButton, Qt::NoModifier, at);
    QStringList names;
    QTimer::singleShot(0, &view(), [&] {
      auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
      if (menu == nullptr) {
        return;
      }
      for (QAction* entry : menu->actions()) {
        names << entry->text();
        if (entry->text() == choose) {
          entry->trigger();
        }
      }
      menu->close();
    });
    QContextMenuEvent event(QContextMenuEvent::Mouse, at, view().mapToGlobal(at));
    QApplication::sendEvent(&view(), &event);
    QCoreApplication::processEvents();
    return names;
  }

  // Keys go where the focus is.
  void key(int which, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
    QWidget* focus = QApplication::focusWidget();
    QTest::keyClick(focus != nullptr ? focus : &view(), Qt::Key(which), modifiers);
    QCoreApplication::processEvents();
  }
  void type(const QString& words) { QTest::keyClicks(QApplication::focusWidget(), words); }
  void write(QLineEdit* field, const QString& words) {
    ASSERT_NE(field, nullptr);
    field->setFocus();
    field->selectAll();
    QTest::keyClicks(field, words);
    QTest::keyClick(field, Qt::Key_Return);
    QCoreApplication::processEvents();
  }
  template <class T>
  T* find(const char* name) {
    T* found = window_->findChild<T*>(QString::fromLatin1(name));
    EXPECT_NE(found, nullptr) << name;
    return found;
  }
  QImage picture(const QRect& of) { return view().grab(of).toImage(); }
  static int differing(const QImage& a, const QImage& b) {
    int count = a.size() == b.size() ? 0 : 1 << 20;
    for (int y = 0; count < (1 << 20) && y < a.height(); ++y) {
      for (int x = 0; x < a.width(); ++x) {
        count += a.pixel(x, y) != b.pixel(x, y);
      }
    }
    return count;
  }
  static std::set<QRgb> coloursOf(const QImage& image) {
    std::set<QRgb> colours;
    for (int y = 0; y < image.height(); ++y) {
      for (int x = 0; x < image.width(); ++x) {
        colours.insert(image.pixel(x, y));
      }
    }
    return colours;
  }
};

class SlowExpectations : public Expectations {
 protected:
  SlowExpectations() { stepTime_ = std::chrono::milliseconds(150); }
};

}  // namespace kinescore

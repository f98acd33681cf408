// Whatever a hand may do in any order: mouse, wheel, keys, words, menus, drops and sizes from a seed, on the real
// window with a fake engine. Nothing may fall over, get stuck or be warned of, and all of it can be undone.
//
// KINESCORE_RANDOM_EVENTS: how many; KINESCORE_RANDOM_SEED: which.
#include <cstdlib>
#include <random>

#include <QClipboard>
#include <QDialog>
#include <QLineEdit>
#include <QMenu>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QTimer>

#include "engine/core/files.h"
#include "tests/support/sounds.h"
#include "tests/ui/collected_sound.h"
#include "tests/ui/main_window_fixture.h"
#include "ui/document/edit_commands.h"
#include "ui/panels/command_list.h"
#include "ui/panels/top_bar.h"
#include "ui/timeline/timeline_view.h"
#include "ui/viewport/viewport_window.h"

namespace kinescore {
namespace {

int numberFrom(const char* variable, int usual) {
  const char* text = std::getenv(variable);
  return text != nullptr ? std::atoi(text) : usual;
}

/// Qt's warnings since it was made.
class Warnings {
 public:
  Warnings() {
    words.clear();
    before_ = qInstallMessageHandler(take);
  }
  ~Warnings() { qInstallMessageHandler(before_); }
  static inline QStringList words;

 private:
  static void take(QtMsgType type, const QMessageLogContext&, const QString& text) {
    // What the screenless platform cannot do is no fault of the window.
    if (type != QtDebugMsg && type != QtInfoMsg && !text.startsWith(QStringLiteral("This plugin does not support"))) {
      words << text;
    }
  }
  QtMessageHandler before_;
};

class RandomEvents : public MainWindowTest {
 protected:
  RandomEvents() { stepTime_ = std::chrono::milliseconds(2); }
  WindowServices services() override {
    WindowServices given = MainWindowTest::services();
    given.openSound = [] { return std::make_unique<CollectedSound>(); };
    return given;
  }

  void SetUp() override {
    MainWindowTest::SetUp();
    QApplication::setActiveWindow(window_.get());
    sound_ = folder_.path() / "beat.wav";
    ASSERT_TRUE(saveFileSafely(sound_, clickWav(2, 100)).ok());
    // Questions are answered as they come: the first of their buttons, or Esc.
    closer_ = std::make_unique<QObject>();
    keepAnswering();
    // What leads out of this window or to another project, the File menu and links to other programs, is left alone.
    for (const Command& command : commandsOf(*window_->topBar().menus())) {
      if (command.menu.startsWith(QStringLiteral("File")) || command.name == QStringLiteral("Open Log Folder") ||
          command.name == QStringLiteral("Start Page")) {
        command.action->setEnabled(false);
        command.action->setVisible(false);
        command.action->setShortcuts(QList<QKeySequence>{});
      }
    }
    QObject::disconnect(&window_->timeline(), &TimelineView::fileWanted, nullptr, nullptr);
  }
  void TearDown() override {
    closer_.reset();
    MainWindowTest::TearDown();
  }

  int pick(int below) { return below <= 0 ? 0 : int(random_() % std::uint64_t(below)); }
  template <class T>
  const T& oneOf(const std::vector<T>& choices) {
    return choices[std::size_t(pick(int(choices.size())))];
  }

  /// A new timer for each: what an answer opens, a dialog of its own, is answered while it is still open.
  void keepAnswering() {
    QTimer::singleShot(0, closer_.get(), [this] {
      keepAnswering();
      answer();
    });
  }
  void answer() {
    if (auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget())) {
      const QList<QAction*> entries = menu->actions();
      QAction* entry = entries.isEmpty() || pick(3) == 0 ? nullptr : entries[pick(int(entries.size()))];
      menu->close();
      if (entry != nullptr && entry->isEnabled() && entry->menu() == nullptr) {
        trail_ << QStringLiteral("  menu: ") + entry->text();
        entry->trigger();
      }
    } else if (QWidget* popup = QApplication::activePopupWidget()) {
      popup->close();
    } else if (auto* dialog = qobject_cast<QDialog*>(QApplication::activeModalWidget())) {
      trail_ << QStringLiteral("  dialog: ") + dialog->windowTitle();
      dialog->reject();
    }
  }

  /// A widget that can be seen, mostly the timeline.
  QWidget* target() {
    if (pick(3) != 0 && window_->timeline().isVisible()) {
      return &window_->timeline();
    }
    std::vector<QWidget*> seen;
    for (QWidget* widget : window_->findChildren<QWidget*>()) {
      if (widget->isVisible() && widget->isEnabled() && widget->width() > 0 && widget->height() > 0 &&
          qobject_cast<ViewportWidget*>(widget) == nullptr && qobject_cast<QMenuBar*>(widget) == nullptr) {
        seen.push_back(widget);
      }
    }
    return oneOf(seen);
  }
  Qt::KeyboardModifiers modifiers() {
    static const std::vector<Qt::KeyboardModifiers> all{
        Qt::NoModifier, Qt::NoModifier, Qt::NoModifier, Qt::ShiftModifier, Qt::ControlModifier, Qt::AltModifier,
        Qt::ShiftModifier | Qt::ControlModifier, Qt::AltModifier | Qt::ShiftModifier};
    return oneOf(all);
  }
  /// Somewhere on a widget; on the timeline often on something.
  QPoint place(QWidget* on) {
    const QPoint anywhere(pick(on->width() + 40) - 20, pick(on->height() + 40) - 20);
    auto* view = qobject_cast<TimelineView*>(on);
    if (view == nullptr || pick(2) == 0) {
      return anywhere;
    }
    std::vector<QPoint> things;
    for (const auto& track : session().timeline().tracks()) {
      for (const auto& clip : session().timeline().clipsOf(track->id)) {
        const QRect rect = view->rectOf(clip->id);
        for (const int x : {rect.left() + 1, rect.center().x(), rect.right() - 1, rect.right() + 6}) {
          things.emplace_back(x, rect.center().y());
        }
        things.emplace_back(rect.center().x(), rect.bottom() - 3);
      }
    }
    for (const auto& marker : session().timeline().markers()) {
      things.push_back(view->markerRect(marker->id).center());
    }
    for (const bool isEnd : {false, true}) {
      things.push_back(view->scaleTab(isEnd).center());
    }
    return things.empty() ? anywhere : oneOf(things) + QPoint(pick(5) - 2, pick(5) - 2);
  }

  static bool isGone(const QPointer<QWidget>& widget) { return widget.isNull() || !widget->isVisible(); }
  void mouse(QWidget* on, QEvent::Type type, const QPoint& at, Qt::MouseButton button, Qt::MouseButtons held,
             Qt::KeyboardModifiers keys) {
    QMouseEvent event(type, at, on->mapToGlobal(at), button, held, keys);
    QApplication::sendEvent(on, &event);
  }

  void pressSomewhere() {
    QPointer<QWidget> on = target();
    static const std::vector<Qt::MouseButton> buttons{Qt::LeftButton, Qt::LeftButton, Qt::LeftButton, Qt::RightButton, Qt::MiddleButton};
    const Qt::MouseButton button = oneOf(buttons);
    const Qt::KeyboardModifiers keys = modifiers();
    QPoint at = place(on);
    note("press", on, at);
    mouse(on, QEvent::MouseButtonPress, at, button, button, keys);
    const int moves = pick(6);
    for (int i = 0; i < moves && !isGone(on); ++i) {
      at += QPoint(pick(161) - 80, pick(61) - 30);
      mouse(on, QEvent::MouseMove, at, Qt::NoButton, button, pick(3) == 0 ? modifiers() : keys);
      if (pick(12) == 0) {
        key();  // in the middle of a drag, too
      }
      if (pick(12) == 0) {
        QCoreApplication::processEvents();
      }
    }
    if (!isGone(on)) {
      mouse(on, QEvent::MouseButtonRelease, at, button, Qt::NoButton, keys);
    } else {
      window_->timeline().cancelGesture();
    }
    if (button == Qt::RightButton && !isGone(on)) {
      QContextMenuEvent menu(QContextMenuEvent::Mouse, at, on->mapToGlobal(at), keys);
      QApplication::sendEvent(on, &menu);
    }
  }
  void doubleClick() {
    QPointer<QWidget> on = target();
    const QPoint at = place(on);
    note("double click", on, at);
    mouse(on, QEvent::MouseButtonPress, at, Qt::LeftButton, Qt::LeftButton, {});
    for (const QEvent::Type type : {QEvent::MouseButtonRelease, QEvent::MouseButtonDblClick, QEvent::MouseButtonRelease}) {
      if (!isGone(on)) {
        mouse(on, type, at, Qt::LeftButton, type == QEvent::MouseButtonDblClick ? Qt::LeftButton : Qt::NoButton, {});
      }
    }
    if (isGone(on)) {
      window_->timeline().cancelGesture();  // a press beside a button goes to what is under it, and no release followed
    }
  }
  void wheel() {
    QWidget* on = target();
    const QPoint at = place(on);
    note("wheel", on, at);
    QWheelEvent event(at, on->mapToGlobal(at), {}, {0, 120 * (pick(7) - 3)}, Qt::NoButton, modifiers(), Qt::NoScrollPhase, false);
    QApplication::sendEvent(on, &event);
  }
  void sendKey(int which, Qt::KeyboardModifiers keys, const QString& text) {
    QWidget* focus = QApplication::focusWidget();
    QWidget* to = focus != nullptr ? focus : &window_->timeline();
    // As a person's key press comes: shortcuts first, then the widget.
    QKeyEvent ask(QEvent::ShortcutOverride, which, keys, text);
    ask.setAccepted(false);
    QApplication::sendEvent(to, &ask);
    if (!ask.isAccepted()) {
      const QKeySequence sequence{int(which) | int(keys)};
      for (QAction* action : shortcuts_) {
        if (action->isEnabled() && action->shortcuts().contains(sequence) &&
            (action->shortcutContext() != Qt::WidgetShortcut || window_->timeline().hasFocus())) {
          trail_ << QStringLiteral("  command: ") + action->text();
          action->trigger();
          return;
        }
      }
    }
    for (const QEvent::Type type : {QEvent::KeyPress, QEvent::KeyRelease}) {
      if (QWidget* now = QApplication::focusWidget()) {
        QKeyEvent event(type, which, keys, text);
        QApplication::sendEvent(now, &event);
      }
    }
  }
  void key() {
    static const std::vector<int> keys{Qt::Key_Left, Qt::Key_Right, Qt::Key_Up, Qt::Key_Down, Qt::Key_Return, Qt::Key_Escape,
                                       Qt::Key_Tab, Qt::Key_Delete, Qt::Key_Backspace, Qt::Key_Home, Qt::Key_End, Qt::Key_Space};
    if (pick(2) == 0 && !shortcuts_.empty()) {
      const auto all = oneOf(shortcuts_)->shortcuts();
      if (!all.isEmpty()) {
        const int combined = all[pick(int(all.size()))][0].toCombined();
        note("shortcut", nullptr, {combined, 0});
        sendKey(combined & ~int(Qt::KeyboardModifierMask), Qt::KeyboardModifiers(combined & int(Qt::KeyboardModifierMask)), {});
        return;
      }
    }
    const int which = oneOf(keys);
    note("key", nullptr, {which, 0});
    sendKey(which, modifiers(), which == Qt::Key_Space ? QStringLiteral(" ") : QString());
  }
  void words() {
    static const std::vector<QString> all{QStringLiteral("walk"), QStringLiteral("+12"), QStringLiteral("2s"), QStringLiteral("-5"),
                                          QStringLiteral("99999999"), QStringLiteral("läuft 🙂"), QStringLiteral("0"), QStringLiteral("x y\tz")};
    QWidget* focus = QApplication::focusWidget();
    if (qobject_cast<QLineEdit*>(focus) == nullptr && qobject_cast<QPlainTextEdit*>(focus) == nullptr) {
      std::vector<QWidget*> fields;
      for (QLineEdit* field : window_->findChildren<QLineEdit*>()) {
        if (field->isVisible() && field->isEnabled()) {
          fields.push_back(field);
        }
      }
      if (fields.empty()) {
        return;
      }
      focus = oneOf(fields);
      focus->setFocus();
    }
    const QString text = oneOf(all);
    note("words", focus, {});
    for (const QChar letter : text) {
      sendKey(letter.isSpace() ? int(Qt::Key_Space) : letter.toUpper().unicode(), {}, QString(letter));
    }
    if (pick(2) == 0) {
      sendKey(Qt::Key_Return, {}, QStringLiteral("\r"));
    }
  }
  void command() {
    std::vector<QAction*> usable;
    for (QAction* action : commands_) {
      if (action->isEnabled() && action->isVisible()) {
        usable.push_back(action);
      }
    }
    QAction* action = oneOf(usable);
    trail_ << QStringLiteral("command ") + action->text();
    action->trigger();
  }
  void drop() {
    TimelineView& view = window_->timeline();
    if (!view.isVisible()) {
      return;
    }
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(QString::fromStdString(pick(3) == 0 ? "/nowhere/at all.txt" : sound_.string()))});
    const QPoint at = place(&view);
    note("drop", &view, at);
    QDragEnterEvent enter(at, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&view, &enter);
    if (enter.isAccepted()) {
      QDropEvent dropped(at, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
      QApplication::sendEvent(&view, &dropped);
    }
  }
  void resize() {
    note("resize", nullptr, {});
    window_->resize(1180 + pick(700), 720 + pick(400));
  }

  void note(const char* what, const QWidget* on, const QPoint& at) {
    trail_ << QStringLiteral("%1 %2 %3,%4").arg(QLatin1String(what)).arg(on != nullptr ? QLatin1String(on->metaObject()->className()) + u' ' + on->objectName() : QString())
                  .arg(at.x()).arg(at.y());
    while (trail_.size() > 30) {
      trail_.removeFirst();
    }
  }

  void invariants(int event) {
    const auto told = [&] { return "after event " + std::to_string(event) + "\n" + trail_.join(u'\n').toStdString(); };
    for (const ObjectId id : session().selection().clips()) {
      ASSERT_NE(session().timeline().findClip(id), nullptr) << told();
    }
    if (session().selection().surface() == Selection::Surface::Track) {
      ASSERT_NE(session().timeline().findTrack(session().selection().track()), nullptr) << told();
    }
    if (session().selection().surface() == Selection::Surface::Take) {
      ASSERT_NE(session().takes().find(session().selection().takeId().toStdString()), nullptr) << told();
    }
    ASSERT_FALSE(window_->timeline().isInGesture()) << told();
    const auto& settings = session().timeline().settings();
    ASSERT_GE(session().playback().position(), Ticks{0}) << told();
    ASSERT_LT(session().playback().position(), settings.duration) << told();
    ASSERT_FALSE(settings.playRange.isEmpty()) << told();
    ASSERT_TRUE(window_->isVisible()) << told();
    ASSERT_TRUE(Warnings::words.isEmpty()) << Warnings::words.join(u'\n').toStdString() << "\n" << told();
  }

  std::mt19937_64 random_;
  std::filesystem::path sound_;
  std::unique_ptr<QObject> closer_;  // none is answered any more without it
  QStringList trail_;
  std::vector<QAction*> commands_, shortcuts_;  // all, and those with a key
};

TEST_F(RandomEvents, NothingFallsOverOrGetsStuckAndAllOfItIsUndone) {
  const int count = numberFrom("KINESCORE_RANDOM_EVENTS", 3'000);
  const int seed = numberFrom("KINESCORE_RANDOM_SEED", 1);
  RecordProperty("seed", seed);
  random_.seed(std::uint64_t(seed));
  for (QAction* action : window_->findChildren<QAction*>()) {
    if (!action->objectName().isEmpty() && action->isVisible()) {
      commands_.push_back(action);
      if (!action->shortcuts().isEmpty()) {
        shortcuts_.push_back(action);
      }
    }
  }
  ASSERT_GT(shortcuts_.size(), 40u);
  const std::string start = session().timeline().contentHash();
  addPrompt("walk");
  int steps = 0;
  Warnings warnings;
  for (int event = 0; event < count; ++event) {
    const int what = pick(100);
    what < 40   ? pressSomewhere()
    : what < 48 ? doubleClick()
    : what < 58 ? wheel()
    : what < 78 ? key()
    : what < 86 ? words()
    : what < 96 ? command()
    : what < 98 ? drop()
                : resize();
    QCoreApplication::processEvents();
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    invariants(event);
    if (HasFatalFailure()) {
      return;
    }
    steps = std::max(steps, session().document().undoStack().count());
    // A timeline of a person's size: what piles up is taken back from time to time, by undo.
    std::size_t clips = 0;
    for (const auto& track : session().timeline().tracks()) {
      clips += session().timeline().clipsOf(track->id).size();
    }
    if (clips > 150 || session().timeline().tracks().size() > 25 || session().timeline().settings().duration > ticksFromSeconds(600)) {
      for (int i = 0; i < 400 && session().document().undoStack().canUndo(); ++i) {
        session().document().undoStack().undo();
      }
    }
    if (session().takes().takes().size() > 12) {
      session().takes().remove(session().document().undoStack(), session().takes().takes().front()->id);
    }
  }
  EXPECT_GT(steps, std::min(count / 20, 100));
  session().jobs().cancelAll();
  window_->timeline().cancelGesture();
  while (session().document().undoStack().canUndo()) {
    session().document().undoStack().undo();
  }
  EXPECT_EQ(session().timeline().contentHash(), start);
  EXPECT_TRUE(Warnings::words.isEmpty()) << Warnings::words.join(u'\n').toStdString();
}

}  // namespace
}  // namespace kinescore

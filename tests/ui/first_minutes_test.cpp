// The tour of the README, by mouse and again by keys alone: the sample, a take, another one, a part of it anew, a pose,
// the path, an undo, a file.
#include <QLabel>
#include <QMenuBar>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QToolButton>

#include "engine/core/files.h"
#include "engine/io/bvh.h"
#include "tests/ui/expectations_fixture.h"
#include "ui/dialogs/export_dialog.h"
#include "ui/panels/top_bar.h"

namespace kinescore {
namespace {

class FirstMinutes : public Expectations {
 protected:
  void SetUp() override {
    Expectations::SetUp();
    const std::filesystem::path sample = std::filesystem::path(KINESCORE_SOURCE_DIR) / "resources/samples/first-steps.kinescore";
    copy_ = folder_.path() / "first-steps.kinescore";
    std::filesystem::copy_file(sample, copy_);
    ASSERT_TRUE(window_->openProject(copy_));
    QCoreApplication::processEvents();
    view().fitAll();
    ASSERT_EQ(clipsOf(TrackKind::Text).size(), 3u);
    ASSERT_EQ(clipsOf(TrackKind::Pose).size(), 2u);
    ASSERT_EQ(clipsOf(TrackKind::Path).size(), 1u);
  }
  std::size_t takes() { return session().takes().takes().size(); }
  bool waitForTake(std::size_t count) {
    return waitUntil([&] { return takes() == count && !session().jobs().isBusy(); });
  }
  void expectRestUntouched() {
    const TakePointer made = session().takes().shown();
    ASSERT_TRUE(made->range.has_value());
    const TakePointer base = session().takes().find(made->baseTakeId);
    ASSERT_NE(base, nullptr);
    for (const FrameRange run : {FrameRange{0, made->range->start}, FrameRange{made->range->end, base->result.motion->frameCount()}}) {
      EXPECT_EQ(identityHash(*made->result.motion, run), identityHash(*base->result.motion, run));
    }
    EXPECT_NE(made->motionHash(), base->motionHash());
  }
  void expectBvh(const std::filesystem::path& file) {
    const auto text = readFile(file);
    ASSERT_TRUE(text.ok()) << file;
    const auto parsed = readBvh(*text, file.string());
    ASSERT_TRUE(parsed.ok()) << parsed.error().message;
    const TimeRange range = session().timeline().settings().playRange;
    EXPECT_EQ(parsed->frameCount(), nearestFrame(range.end, session().rate()) - nearestFrame(range.start, session().rate()));
  }
  /// An entry of the menu bar, as the mouse takes it.
  void chooseInMenu(const QString& menu, const QString& beginning) {
    QMenuBar* bar = window_->topBar().menus();
    for (QAction* entry : bar->actions()) {
      if (entry->text() != menu) {
        continue;
      }
      QTest::mouseClick(bar, Qt::LeftButton, Qt::NoModifier, bar->actionGeometry(entry).center());
      QCoreApplication::processEvents();
      ASSERT_TRUE(entry->menu()->isVisible()) << menu.toStdString();
      for (QAction* inside : entry->menu()->actions()) {
        if (inside->text().startsWith(beginning)) {
          QTest::mouseClick(entry->menu(), Qt::LeftButton, Qt::NoModifier, entry->menu()->actionGeometry(inside).center());
          return;
        }
      }
    }
    FAIL() << menu.toStdString() << " " << beginning.toStdString();
  }
  void button(const char* name) {
    auto* found = window_->findChild<QAbstractButton*>(QString::fromLatin1(name));
    ASSERT_NE(found, nullptr) << name;
    ASSERT_TRUE(found->isVisible() && found->isEnabled()) << name;
    QTest::mouseClick(found, Qt::LeftButton, Qt::NoModifier, found->rect().center());
  }
  void pressGenerate() {
    GenerateButton* generate = window_->topBar().generateButton();
    QTest::mouseClick(generate, Qt::LeftButton, Qt::NoModifier, {30, generate->height() / 2});
  }
  /// What is done in the window for exporting, while it is open.
  void inExport(const std::function<void(QDialog&)>& act) {
    auto* waiting = new QTimer(window_.get());
    waiting->setInterval(5);
    QObject::connect(waiting, &QTimer::timeout, waiting, [act, waiting] {
      auto* dialog = qobject_cast<QDialog*>(QApplication::activeModalWidget());
      if (dialog == nullptr || !dialog->isActiveWindow()) {
        return;
      }
      waiting->stop();
      waiting->deleteLater();
      act(*dialog);
      if (dialog->isVisible()) {
        ADD_FAILURE() << "not written: " << dialog->findChild<QLabel*>(QStringLiteral("exportProblem"))->text().toStdString();
        dialog->reject();
      }
    });
    waiting->start();
  }
  std::filesystem::path copy_;
};

TEST_F(FirstMinutes, ByTheMouse) {
  pressGenerate();
  ASSERT_TRUE(waitForTake(1));
  button("play");
  ASSERT_TRUE(waitUntil([&] { return playback().frame() > 2; }));
  button("play");
  EXPECT_FALSE(playback().isPlaying());

  const ObjectId first = clipsOf(TrackKind::Text)[0]->id;
  const TimeRange before = spanOf(first);
  drag(middleOf(first), middleOf(first) + QPoint(40, 0));
  EXPECT_NE(spanOf(first), before);
  doubleClick(middleOf(first));
  auto* words = view().findChild<QLineEdit*>(QStringLiteral("promptEditor"));
  ASSERT_NE(words, nullptr);
  words->selectAll();
  QTest::keyClicks(words, QStringLiteral("a person hops forward"));
  QTest::keyClick(words, Qt::Key_Return);
  EXPECT_EQ(wordsOf(first), "a person hops forward");
  pressGenerate();
  ASSERT_TRUE(waitForTake(2));

  drag({xOf(60), 12}, {xOf(100), 12});
  button("regenerate");
  ASSERT_TRUE(waitForTake(3));
  expectRestUntouched();

  const std::size_t poses = clipsOf(TrackKind::Pose).size();
  rightClick(pointOn(track(TrackKind::Pose), 130), QStringLiteral("Pin Pose Here"));
  EXPECT_EQ(clipsOf(TrackKind::Pose).size(), poses + 1);
  const ObjectId path = clipsOf(TrackKind::Path)[0]->id;
  const std::string unedited = session().timeline().contentHash();
  const QRect end = view().rectOf(path);
  drag({end.right() - 1, end.center().y()}, {end.right() - 60, end.center().y()});
  EXPECT_NE(session().timeline().contentHash(), unedited);
  chooseInMenu(QStringLiteral("Edit"), QStringLiteral("Undo"));
  EXPECT_EQ(session().timeline().contentHash(), unedited);

  inExport([&](QDialog& dialog) {
    for (QToolButton* format : dialog.findChildren<QToolButton*>()) {
      if (format->text() == QStringLiteral("BVH")) {
        QTest::mouseClick(format, Qt::LeftButton, Qt::NoModifier, format->rect().center());
      }
    }
    for (const auto& [name, text] : {std::pair{"exportFolder", folder_.path().string()}, {"exportName", std::string("by mouse")}}) {
      auto* field = dialog.findChild<QLineEdit*>(QString::fromLatin1(name));
      QTest::mouseClick(field, Qt::LeftButton);
      field->selectAll();
      QTest::keyClicks(field, QString::fromStdString(text));
    }
    QTest::mouseClick(dialog.findChild<QPushButton*>(QStringLiteral("exportButton")), Qt::LeftButton);
  });
  chooseInMenu(QStringLiteral("File"), QStringLiteral("Export…"));
  QCoreApplication::processEvents();
  expectBvh(folder_.path() / "by mouse.bvh");
}

TEST_F(FirstMinutes, ByKeysAlone) {
  key(Qt::Key_Return, Qt::ControlModifier);
  ASSERT_TRUE(waitForTake(1));
  key(Qt::Key_Space);
  ASSERT_TRUE(waitUntil([&] { return playback().frame() > 2; }));
  key(Qt::Key_Space);
  EXPECT_FALSE(playback().isPlaying());
  key(Qt::Key_Home);

  key(Qt::Key_Down);  // onto a track
  key(Qt::Key_Up);
  for (int i = 0; i < 4 && !session().selection().singleClip(); ++i) {
    key(Qt::Key_Right, Qt::ControlModifier);
  }
  ASSERT_TRUE(session().selection().singleClip().has_value());
  const ObjectId chosen = *session().selection().singleClip();
  ASSERT_TRUE(std::holds_alternative<TextCondition>(clip(chosen)->condition));
  const TimeRange before = spanOf(chosen);
  key(Qt::Key_Return);
  ASSERT_TRUE(view().isEditingName());
  key(Qt::Key_A, Qt::ControlModifier);
  type(QStringLiteral("a person hops forward"));
  key(Qt::Key_Return);
  EXPECT_EQ(wordsOf(chosen), "a person hops forward");
  // Longer, in the inspector: F6 goes there, Tab to the field, Esc back.
  auto* inspector = find<QWidget>("inspector");
  for (int i = 0; i < 6 && !inspector->isAncestorOf(QApplication::focusWidget()); ++i) {
    key(Qt::Key_F6);
  }
  ASSERT_TRUE(inspector->isAncestorOf(QApplication::focusWidget()));
  const auto onField = [&] {
    auto* field = qobject_cast<FrameField*>(QApplication::focusWidget());
    return field != nullptr && inspector->isAncestorOf(field) && field->text().endsWith(QStringLiteral(" f")) ? field : nullptr;
  };
  for (int i = 0; i < 40 && onField() == nullptr; ++i) {
    key(Qt::Key_Tab);
  }
  ASSERT_NE(onField(), nullptr);
  key(Qt::Key_A, Qt::ControlModifier);
  type(QStringLiteral("+6"));
  key(Qt::Key_Return);
  EXPECT_EQ(spanOf(chosen).end, before.end + at(6));
  key(Qt::Key_Escape);
  EXPECT_TRUE(view().hasFocus());
  key(Qt::Key_Return, Qt::ControlModifier);
  ASSERT_TRUE(waitForTake(2));

  key(Qt::Key_X);
  ASSERT_TRUE(session().selection().time().has_value());
  key(Qt::Key_Return, Qt::ControlModifier | Qt::ShiftModifier);
  ASSERT_TRUE(waitForTake(3));
  expectRestUntouched();

  const std::size_t poses = clipsOf(TrackKind::Pose).size();
  const std::string unpinned = session().timeline().contentHash();
  for (int i = 0; i < 13; ++i) {
    key(Qt::Key_Up, Qt::ShiftModifier);
  }
  key(Qt::Key_S);
  EXPECT_EQ(clipsOf(TrackKind::Pose).size(), poses + 1);
  key(Qt::Key_Z, Qt::ControlModifier);
  EXPECT_EQ(session().timeline().contentHash(), unpinned);
  // The path ends at the playhead.
  const ObjectId path = clipsOf(TrackKind::Path)[0]->id;
  for (int i = 0; i < 8 && session().selection().singleClip() != path; ++i) {
    key(Qt::Key_Down);
  }
  ASSERT_EQ(session().selection().singleClip(), path);
  key(Qt::Key_BracketRight);
  EXPECT_EQ(spanOf(path).end, playback().position());

  inExport([&](QDialog& dialog) {
    const auto tabTo = [&](const char* name) {
      for (int i = 0; i < 40; ++i) {
        QWidget* focus = dialog.focusWidget();
        const auto* format = qobject_cast<QToolButton*>(focus);
        if (focus != nullptr && (focus->objectName() == QLatin1String(name) || (format != nullptr && format->text() == QLatin1String(name)))) {
          return focus;
        }
        QTest::keyClick(focus != nullptr ? focus : &dialog, Qt::Key_Tab);
      }
      return static_cast<QWidget*>(nullptr);
    };
    QWidget* bvh = tabTo("BVH");
    ASSERT_NE(bvh, nullptr);
    QTest::keyClick(bvh, Qt::Key_Space);
    for (const auto& [name, text] : {std::pair{"exportName", std::string("by keys")}, {"exportFolder", folder_.path().string()}}) {
      auto* field = qobject_cast<QLineEdit*>(tabTo(name));
      ASSERT_NE(field, nullptr) << name;
      QTest::keyClick(field, Qt::Key_A, Qt::ControlModifier);
      QTest::keyClicks(field, QString::fromStdString(text));
    }
    QTest::keyClick(dialog.focusWidget(), Qt::Key_Return);
  });
  key(Qt::Key_E, Qt::ControlModifier);
  QCoreApplication::processEvents();
  expectBvh(folder_.path() / "by keys.bvh");
}

}  // namespace
}  // namespace kinescore

// Every command has a menu entry, a place in the palette, and at most one meaning for its key; keys belong to what is
// written before they belong to commands.
#include <QClipboard>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QShortcut>
#include <QTableWidget>
#include <QToolButton>

#include "tests/ui/expectations_fixture.h"
#include "ui/document/pose_commands.h"
#include "ui/panels/command_palette.h"
#include "ui/panels/takes_panel.h"
#include "ui/panels/top_bar.h"
#include "ui/panels/view_panel.h"
#include "ui/widgets/keys_of_fields.h"

namespace kinescore {
namespace {

class CommandsTest : public Expectations {
 protected:
  std::vector<Command> commands() { return commandsOf(*window_->topBar().menus()); }
  QAction* act(const char* name) {
    QAction* action = window_->action(name);
    EXPECT_NE(action, nullptr) << name;
    return action;
  }
};

TEST_F(CommandsTest, EveryKeyIsInAMenuMeansOneThingAndEveryEntryHasAName) {
  std::set<const QAction*> inMenus;
  QMap<QString, QString> keys;
  for (const Command& command : commands()) {
    inMenus.insert(command.action);
    EXPECT_FALSE(command.name.trimmed().isEmpty()) << command.menu.toStdString();
    EXPECT_FALSE(command.menu.isEmpty()) << command.name.toStdString();
    for (const QKeySequence& key : command.action->shortcuts()) {
      const QString context = command.action->shortcutContext() == Qt::WidgetShortcut ? QStringLiteral("timeline") : QString();
      EXPECT_FALSE(keys.contains(key.toString())) << key.toString().toStdString() << ": " << command.name.toStdString() << " and "
                                                  << keys.value(key.toString()).toStdString() << " " << context.toStdString();
      keys[key.toString()] = command.name;
    }
  }
  EXPECT_GT(inMenus.size(), 90u);
  for (const QAction* action : window_->findChildren<QAction*>()) {
    if (!action->shortcuts().isEmpty()) {
      EXPECT_TRUE(inMenus.count(action)) << action->text().toStdString();
    }
  }
  for (const QShortcut* shortcut : window_->findChildren<QShortcut*>()) {
    ADD_FAILURE() << "a key without a menu entry: " << shortcut->key().toString().toStdString();
  }
}

TEST_F(CommandsTest, TheDefaultKeyMapIsThere) {
  const auto has = [&](const char* name, const char* key) {
    EXPECT_TRUE(act(name)->shortcuts().contains(QKeySequence(QLatin1String(key)))) << name << " " << key;
  };
  for (const auto& [name, key] : std::vector<std::pair<const char*, const char*>>{
           {"Play/Pause", "Space"}, {"Back", "J"}, {"Stop", "K"}, {"Forward", "L"}, {"Frame Back", "Left"}, {"Frame On", "Right"},
           {"Ten Back", "Shift+Down"}, {"Ten On", "Shift+Up"}, {"Range Start", "Shift+Left"}, {"Range Start", "Home"},
           {"Range End", "Shift+Right"}, {"Range End", "End"}, {"Previous Key", ","}, {"Next Key", "."}, {"In", "I"}, {"Out", "O"},
           {"Clear In/Out", "Alt+I"}, {"Marker", "M"}, {"Rename", "F2"}, {"Box Select", "B"}, {"Select All", "Ctrl+A"},
           {"Select None", "Ctrl+Shift+A"}, {"Fit All", "A"}, {"Fit Selection", "F"}, {"Snapping", "N"}, {"Generate", "Ctrl+Return"},
           {"Regenerate Range", "Ctrl+Shift+Return"}, {"New Seed", "Ctrl+Alt+Return"}, {"Next", "Alt+Right"}, {"Previous", "Alt+Left"},
           {"Cancel", "Esc"}, {"Pin Pose", "S"}, {"Split", "Ctrl+K"}, {"Duplicate", "Ctrl+D"}, {"Delete", "Del"},
           {"Ripple Delete", "Shift+Del"}, {"Undo", "Ctrl+Z"}, {"Redo", "Ctrl+Shift+Z"}, {"Mirror Pose", "Ctrl+M"}, {"Ghosts", "G"},
           {"Trails", "T"}, {"Save", "Ctrl+S"}, {"Export", "Ctrl+E"}, {"Key List", "Ctrl+/"}, {"Find Command", "Ctrl+Shift+P"},
           {"Full Screen View", "F11"}, {"Copy Pose", "Ctrl+Alt+C"}, {"Paste Pose", "Ctrl+Alt+V"}, {"Next Panel", "F6"},
           {"Previous Panel", "Shift+F6"}, {"Ripple Mode", "Shift+N"}, {"Select Time of Clips", "X"}, {"Clear Time Selection", "Alt+X"}, {"Import", "Ctrl+I"}, {"Export Again", "Ctrl+Shift+E"}, {"Preferences", "Ctrl+,"},
           {"Manual", "F1"}, {"Author", "Ctrl+F1"}, {"Review", "Ctrl+F2"}, {"Export Take", "Ctrl+F3"}, {"Skeleton", "Alt+1"},
           {"Mesh", "Alt+2"}, {"Both", "Alt+3"}, {"Onion Skin", "Alt+O"}, {"Sound", "Alt+S"}}) {
    has(name, key);
  }
}

TEST_F(CommandsTest, ThePaletteListsEveryCommandWithItsKeyAndRunsOne) {
  key(Qt::Key_P, Qt::ControlModifier | Qt::ShiftModifier);
  CommandPalette* palette = window_->palette();
  ASSERT_NE(palette, nullptr);
  ASSERT_TRUE(palette->isVisible());
  EXPECT_EQ(palette->listed().size(), commands().size());
  for (const Command& command : palette->listed()) {
    EXPECT_EQ(command.key, QKeySequence::listToString(command.action->shortcuts(), QKeySequence::NativeText));
  }
  QTest::keyClicks(&palette->field(), QStringLiteral("snap"));
  ASSERT_FALSE(palette->listed().empty());
  EXPECT_EQ(palette->listed().front().name, QStringLiteral("Snapping"));
  EXPECT_EQ(palette->listed().front().menu, QStringLiteral("Timeline"));
  EXPECT_EQ(palette->listed().front().key, QStringLiteral("N"));
  EXPECT_TRUE(view().isSnapping());
  QTest::keyClick(&palette->field(), Qt::Key_Return);
  EXPECT_FALSE(palette->isVisible());
  EXPECT_FALSE(view().isSnapping());

  // Words in any order, also of the menu; what cannot be done now is listed and not run.
  key(Qt::Key_P, Qt::ControlModifier | Qt::ShiftModifier);
  QTest::keyClicks(&palette->field(), QStringLiteral("view fit"));
  EXPECT_EQ(palette->listed().size(), 2u);
  palette->field().clear();
  QTest::keyClicks(&palette->field(), QStringLiteral("delete take"));
  ASSERT_EQ(palette->listed().size(), 1u);
  EXPECT_FALSE(palette->listed().front().action->isEnabled());
  QTest::keyClick(&palette->field(), Qt::Key_Return);
  EXPECT_TRUE(palette->isVisible());
  QTest::keyClick(&palette->field(), Qt::Key_Escape);
  EXPECT_FALSE(palette->isVisible());
}

TEST_F(CommandsTest, TheKeyListIsSearchedAndCopiedAsText) {
  act("Key List")->trigger();
  auto* list = window_->findChild<QDialog*>(QStringLiteral("keyList"));
  ASSERT_NE(list, nullptr);
  auto* rows = list->findChild<QTableWidget*>(QStringLiteral("keyRows"));
  EXPECT_EQ(rows->rowCount(), int(commands().size()));
  EXPECT_FALSE(list->isModal());
  auto* words = list->findChild<QLineEdit*>(QStringLiteral("keyWords"));
  words->setText(QStringLiteral("ripple del"));
  ASSERT_EQ(rows->rowCount(), 1);
  EXPECT_EQ(rows->item(0, 2)->text(), QStringLiteral("Shift+Del"));
  list->findChild<QPushButton*>(QStringLiteral("copyKeys"))->click();
  EXPECT_EQ(QApplication::clipboard()->text().simplified(), QStringLiteral("Edit ▸ Ripple Delete Shift+Del"));
  words->setText(QStringLiteral("Ctrl+Alt+Return"));  // by the key
  ASSERT_EQ(rows->rowCount(), 1);
  EXPECT_EQ(rows->item(0, 0)->text(), QStringLiteral("New Seed"));
  list->close();
  QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
}

TEST_F(CommandsTest, LettersAndSpaceBelongToWhatIsWrittenAndEscLeavesItFirst) {
  const ObjectId words = prompt(0, 90, "walk");
  session().selection().selectClip(words);
  QCoreApplication::processEvents();
  auto* field = find<QPlainTextEdit>("prompt");
  const std::string before = session().timeline().contentHash();
  field->setFocus();
  field->selectAll();
  QTest::keyClicks(field, QStringLiteral("a s i o m n g t j k l b x f , . [ ] SMLN"));
  EXPECT_EQ(wordsOf(words), "a s i o m n g t j k l b x f , . [ ] SMLN");
  EXPECT_EQ(clipsOf(TrackKind::Pose).size(), 0u);
  EXPECT_TRUE(session().timeline().markers().empty());
  EXPECT_FALSE(playback().isPlaying());
  EXPECT_TRUE(view().isSnapping());
  EXPECT_FALSE(view().isRippling());
  EXPECT_TRUE(QApplication::focusWidget() == field);
  QTest::keyClick(field, Qt::Key_Delete);
  EXPECT_NE(clip(words), nullptr);
  QTest::keyClick(field, Qt::Key_Escape);
  QCoreApplication::processEvents();
  EXPECT_EQ(QApplication::focusWidget(), &view());
  EXPECT_NE(session().timeline().contentHash(), before);
  key(Qt::Key_N);
  EXPECT_FALSE(view().isSnapping());

  // The same in a field for a time: what was begun is given up, the field is left, nothing is changed.
  auto* timecode = find<FrameField>("timecode");
  timecode->setFocus();
  QTest::keyClicks(timecode, QStringLiteral("99"));
  QTest::keyClick(timecode, Qt::Key_Escape);
  QCoreApplication::processEvents();
  EXPECT_EQ(QApplication::focusWidget(), &view());
  EXPECT_EQ(playback().frame(), 0);
  key(Qt::Key_Space);
  EXPECT_TRUE(playback().isPlaying());
  key(Qt::Key_Space);
}

class SlowCommandsTest : public SlowExpectations {};

TEST_F(SlowCommandsTest, EscInAFieldDoesNotStopTheEngineButAgainItDoes) {
  const ObjectId words = prompt(0, 90, "walk");
  session().selection().selectClip(words);
  QCoreApplication::processEvents();
  key(Qt::Key_Return, Qt::ControlModifier);
  ASSERT_TRUE(session().jobs().isBusy());
  auto* field = find<QPlainTextEdit>("prompt");
  field->setFocus();
  QTest::keyClick(field, Qt::Key_Escape);
  QCoreApplication::processEvents();
  EXPECT_TRUE(session().jobs().isBusy());
  EXPECT_EQ(QApplication::focusWidget(), &view());
  key(Qt::Key_Escape);
  EXPECT_FALSE(session().jobs().isBusy());
}

TEST_F(SlowCommandsTest, EscInThePaletteClosesItAndStopsNothing) {
  prompt(0, 90, "walk");
  key(Qt::Key_Return, Qt::ControlModifier);
  ASSERT_TRUE(session().jobs().isBusy());
  window_->action("Find Command")->trigger();
  auto* palette = window_->findChild<CommandPalette*>();
  ASSERT_TRUE(palette->isVisible());
  auto* field = palette->findChild<QLineEdit*>(QStringLiteral("commandWords"));
  QTest::keyClick(field, Qt::Key_Escape);
  QCoreApplication::processEvents();
  EXPECT_FALSE(palette->isVisible());
  EXPECT_TRUE(session().jobs().isBusy());
}

TEST_F(CommandsTest, F6GoesFromPanelToPanelAndTheHeaderShowsWhere) {
  const auto lit = [&] {
    QList<QWidget*> lines;
    for (QWidget* line : window_->findChildren<QWidget*>(QStringLiteral("focusLine"))) {
      if (line->isVisible()) {
        lines << line;
      }
    }
    return lines;
  };
  ASSERT_TRUE(view().hasFocus());
  ASSERT_EQ(lit().size(), 1);
  std::set<QWidget*> headers;
  const QWidget* start = lit().front()->parentWidget();
  int steps = 0;
  do {
    key(Qt::Key_F6);
    ASSERT_EQ(lit().size(), 1);
    EXPECT_EQ(lit().front()->height(), 2);
    EXPECT_EQ(lit().front()->width(), lit().front()->parentWidget()->width());
    headers.insert(lit().front()->parentWidget());
    ++steps;
  } while (lit().front()->parentWidget() != start && steps < 12);
  EXPECT_TRUE(view().hasFocus());
  EXPECT_GE(headers.size(), 4u);
  EXPECT_EQ(int(headers.size()), steps);
  key(Qt::Key_F6, Qt::ShiftModifier);
  EXPECT_FALSE(view().hasFocus());
  key(Qt::Key_F6);
  EXPECT_TRUE(view().hasFocus());
}

TEST_F(CommandsTest, EnterPressesTheButtonThatHasTheFocus) {
  auto* snap = find<QToolButton>("snap");
  snap->setFocus();
  QTest::keyClick(snap, Qt::Key_Return);
  EXPECT_FALSE(view().isSnapping());
}

TEST_F(CommandsTest, PosesAreMirroredInPlaceCopiedPastedAndSnappedToTheTake) {
  prompt(0, 300, "walk");
  generate();
  const ObjectId pose = poseAt(40);
  const auto now = [&](ObjectId id) { return std::get<PoseCondition>(clip(id)->condition).pose; };
  const Pose before = now(pose);
  key(Qt::Key_M, Qt::ControlModifier);
  const Pose mirror = now(pose);
  EXPECT_NE(mirror, before);
  const WorldPose a = forwardKinematics(*kinescore22(), before), b = forwardKinematics(*kinescore22(), mirror);
  EXPECT_NEAR(glm::length(mirror.rootPosition - before.rootPosition), 0, 1e-6);
  EXPECT_NEAR(headingOf(a), headingOf(b), 1e-4);
  EXPECT_NEAR(a.positions[kLeftHand].y, b.positions[kRightHand].y, 1e-4);
  EXPECT_NEAR(glm::length(a.positions[kLeftHand] - a.positions[kHead]), glm::length(b.positions[kRightHand] - b.positions[kHead]), 1e-4);
  key(Qt::Key_M, Qt::ControlModifier);
  const WorldPose back = forwardKinematics(*kinescore22(), now(pose));
  for (std::size_t j = 0; j < a.positions.size(); ++j) {
    EXPECT_NEAR(glm::length(a.positions[j] - back.positions[j]), 0, 1e-4);
  }
  undo();

  key(Qt::Key_C, Qt::ControlModifier | Qt::AltModifier);
  session().selection().selectNothing();
  playback().seekFrame(120);
  int steps = this->steps();
  key(Qt::Key_V, Qt::ControlModifier | Qt::AltModifier);
  EXPECT_EQ(this->steps(), steps + 1);
  ASSERT_EQ(clipsOf(TrackKind::Pose).size(), 2u);
  const ObjectId pasted = clipsOf(TrackKind::Pose)[1]->id;
  EXPECT_EQ(framesOf(pasted).start, 120);
  EXPECT_EQ(now(pasted).localRotations, mirror.localRotations);
  session().selection().selectClip(pasted);
  act("Snap Pose to Take")->trigger();
  EXPECT_EQ(now(pasted), session().poseAt(at(120)));
  QApplication::clipboard()->setText(QStringLiteral("not a pose"));
  steps = this->steps();
  key(Qt::Key_V, Qt::ControlModifier | Qt::AltModifier);
  EXPECT_EQ(this->steps(), steps);
}

TEST_F(CommandsTest, TheFullViewHidesThePanelsAndEscBringsThemBack) {
  key(Qt::Key_F11);
  QCoreApplication::processEvents();
  EXPECT_FALSE(view().isVisible());
  EXPECT_FALSE(window_->topBar().isVisible());
  EXPECT_TRUE(window_->view().isVisible());
  key(Qt::Key_Escape);
  QCoreApplication::processEvents();
  EXPECT_TRUE(view().isVisible());
  EXPECT_TRUE(window_->topBar().isVisible());
  EXPECT_FALSE(window_->windowState() & Qt::WindowFullScreen);
}

TEST_F(CommandsTest, DiagnosticsAreCopiedAsText) {
  act("Copy Diagnostics")->trigger();
  const QString text = QApplication::clipboard()->text();
  for (const char* part : {"Kinescore", "Qt 6", "Engine: ", "3D view: "}) {
    EXPECT_TRUE(text.contains(QLatin1String(part))) << part;
  }
}

}  // namespace
}  // namespace kinescore

// How the window is arranged, what it begins with, files again and the manual.
#include <QComboBox>
#include <QDir>
#include <QDockWidget>
#include <QFile>
#include <QListWidget>
#include <QTextBrowser>

#include "tests/ui/expectations_fixture.h"
#include "ui/dialogs/export_dialog.h"
#include "ui/dialogs/manual_window.h"
#include "ui/document/live_preview.h"
#include "ui/panels/inspector.h"
#include "ui/panels/status_bar.h"
#include "ui/panels/top_bar.h"
#include "ui/panels/view_panel.h"
#include "ui/widgets/basics.h"
#include "ui/widgets/error_bar.h"

namespace kinescore {
namespace {

class WorkspacesTest : public Expectations {
 protected:
  bool isShown(const char* dock) { return find<QDockWidget>(dock)->isVisible(); }
  void act(const char* name) {
    window_->action(name)->trigger();
    QCoreApplication::processEvents();
  }
  /// What is done with the dialog that a command opens; it is closed after it.
  template <class Dialog>
  void inDialog(const char* command, const std::function<void(Dialog&)>& use) {
    bool wasSeen = false;
    QTimer::singleShot(0, window_.get(), [&] {
      auto* dialog = qobject_cast<Dialog*>(QApplication::activeModalWidget());
      if (dialog != nullptr) {
        wasSeen = true;
        use(*dialog);
        dialog->close();
      }
    });
    window_->action(command)->trigger();
    EXPECT_TRUE(wasSeen) << command;
  }
};

TEST_F(WorkspacesTest, ReviewGivesTheViewTheRoomAndAuthorBringsThePanelsBack) {
  window_->resize(1600, 1000);
  QCoreApplication::processEvents();
  auto* choice = find<SegmentedChoice>("workspaces");
  EXPECT_TRUE(choice->isVisible());
  EXPECT_EQ(choice->current(), 0);
  const int high = find<QDockWidget>("timelineDock")->height();
  act("Review");
  EXPECT_EQ(choice->current(), 1);
  EXPECT_FALSE(isShown("libraryDock"));
  EXPECT_FALSE(isShown("inspectorDock"));
  EXPECT_TRUE(isShown("takesDock"));
  EXPECT_LT(find<QDockWidget>("timelineDock")->height(), high);
  act("Author");
  EXPECT_TRUE(isShown("libraryDock"));
  EXPECT_TRUE(isShown("inspectorDock"));
  EXPECT_NEAR(find<QDockWidget>("timelineDock")->height(), high, 2);
  EXPECT_EQ(choice->current(), 0);
  Q_EMIT window_->topBar().workspaceChosen(1);
  EXPECT_FALSE(isShown("inspectorDock"));
  act("Reset Layout");
  EXPECT_TRUE(isShown("inspectorDock"));
  EXPECT_EQ(choice->current(), 0);
  window_->resize(1300, 800);
  QCoreApplication::processEvents();
  EXPECT_FALSE(choice->isVisible()) << "the menu has them";
}

TEST_F(WorkspacesTest, TheNextStartHasThePanelsWhateverWasReviewed) {
  window_->resize(1600, 1000);
  act("Review");
  window_->close();
  window_ = std::make_unique<MainWindow>(WindowServices{*service_, QStringLiteral("CPU · fake"), {}, folder_.path() / "state"});
  window_->setAsksBeforeClosing(false);
  window_->show();
  QCoreApplication::processEvents();
  EXPECT_TRUE(isShown("libraryDock"));
  EXPECT_TRUE(isShown("inspectorDock"));
}

TEST_F(WorkspacesTest, InANarrowWindowTheInspectorIsADrawer) {
  prompt(0, 120, "walk");
  window_->resize(1180, 720);
  QCoreApplication::processEvents();
  auto* inspector = find<Inspector>("inspector");
  auto* fold = find<QToolButton>("foldInspector");
  EXPECT_TRUE(inspector->isFolded());
  EXPECT_TRUE(fold->isVisible());
  const int narrow = view().width();
  fold->click();
  QCoreApplication::processEvents();
  EXPECT_FALSE(inspector->isFolded());
  EXPECT_LT(view().width(), narrow + 1);
  window_->resize(1200, 730);
  QCoreApplication::processEvents();
  EXPECT_FALSE(inspector->isFolded()) << "it stays out";
  fold->click();
  EXPECT_TRUE(inspector->isFolded());
  generate();
  act("Quality Report");
  EXPECT_FALSE(inspector->isFolded()) << "the report was asked for";
  window_->resize(1300, 800);
  QCoreApplication::processEvents();
  EXPECT_FALSE(inspector->isFolded());
  EXPECT_FALSE(fold->isVisible());
  window_->resize(1180, 720);
  QCoreApplication::processEvents();
  EXPECT_TRUE(inspector->isFolded());
}

TEST_F(WorkspacesTest, ExportAgainWritesTheSameFileWithoutAsking) {
  prompt(0, 120, "walk");
  generate();
  const QString file = QString::fromStdString((folder_.path() / "walk.bvh").string());
  inDialog<ExportDialog>("Export Again", [&](ExportDialog& dialog) {  // nothing was exported yet: it asks
    dialog.setFile(QString::fromStdString(folder_.path().string()), QStringLiteral("walk"));
    dialog.setFormat(ExportFormat::Bvh);
    EXPECT_TRUE(dialog.exportNow());
  });
  ASSERT_TRUE(QFile::exists(file));
  const auto framesOf = [&] {
    QFile open(file);
    EXPECT_TRUE(open.open(QIODevice::ReadOnly));
    const QByteArray text = open.readAll();
    return text.mid(text.indexOf("Frames:") + 7).trimmed().split('\n').front().trimmed().toInt();
  };
  EXPECT_EQ(framesOf(), 300);
  TimelineSettings settings = session().timeline().settings();
  settings.playRange = {at(10), at(70)};
  session().document().edit(QStringLiteral("Range"), changeSettings(session().timeline(), settings));
  act("Export Again");
  EXPECT_EQ(framesOf(), 60) << "in to out, as it is now";
  ASSERT_TRUE(QFile::remove(file));
  act("New");
  prompt(0, 60, "another");
  generate();
  inDialog<ExportDialog>("Export Again", [](ExportDialog&) {});  // another project asks anew
  EXPECT_FALSE(QFile::exists(file));
  inDialog<ExportDialog>("Export", [&](ExportDialog& dialog) {
    dialog.setFile(QString::fromStdString(folder_.path().string()), QStringLiteral("walk"));
    dialog.setFormat(ExportFormat::Bvh);
    EXPECT_TRUE(dialog.exportNow());
  });
  ASSERT_TRUE(QFile::remove(file));
  ASSERT_TRUE(QDir().mkdir(file));  // nothing can be written there
  act("Export Again");
  EXPECT_TRUE(window_->errors().sentence().contains(QStringLiteral("was not exported again"))) << window_->errors().sentence().toStdString();
}

TEST_F(WorkspacesTest, PreferencesCountAtOnceAndAreRemembered) {
  inDialog<QDialog>("Preferences", [&](QDialog& dialog) {
    auto* rate = dialog.findChild<QComboBox*>(QStringLiteral("preferredRate"));
    auto* time = dialog.findChild<QComboBox*>(QStringLiteral("preferredTime"));
    EXPECT_EQ(rate->currentText(), QStringLiteral("30 fps"));
    const int sixty = rate->findText(QStringLiteral("60 fps"));
    rate->setCurrentIndex(sixty);
    Q_EMIT rate->activated(sixty);
    time->setCurrentIndex(2);
    Q_EMIT time->activated(2);
    Q_EMIT dialog.findChild<SegmentedChoice*>(QStringLiteral("preferredFollowing"))->chosen(1);
  });
  EXPECT_EQ(session().rate(), (FrameRate{60, 1})) << "the empty project is a new one";
  EXPECT_EQ(view().timeDisplay(), TimeDisplay::Timecode);
  EXPECT_TRUE(window_->live().isOn());
  window_->close();
  window_ = std::make_unique<MainWindow>(WindowServices{*service_, QStringLiteral("CPU · fake"), {}, folder_.path() / "state"});
  window_->setAsksBeforeClosing(false);
  window_->show();
  EXPECT_EQ(session().rate(), (FrameRate{60, 1}));
  EXPECT_EQ(view().timeDisplay(), TimeDisplay::Timecode);
  EXPECT_TRUE(window_->live().isOn());
}

TEST_F(WorkspacesTest, TheManualHasItsPagesLinksAndWords) {
  key(Qt::Key_F1);
  auto* manual = find<ManualWindow>("manual");
  EXPECT_FALSE(manual->isModal());
  auto* pages = manual->findChild<QListWidget*>(QStringLiteral("manualPages"));
  EXPECT_EQ(pages->count(), 4);
  for (int i = 0; i < pages->count(); ++i) {
    pages->setCurrentRow(i);
    EXPECT_GT(manual->page().toPlainText().size(), 1000) << pages->item(i)->text().toStdString();
  }
  pages->setCurrentRow(0);
  Q_EMIT manual->page().anchorClicked(QUrl(QStringLiteral("command-line.md#prompt")));
  EXPECT_EQ(pages->currentRow(), 3);
  auto* words = manual->findChild<QLineEdit*>(QStringLiteral("manualWords"));
  write(words, QStringLiteral("Why This Frame"));
  EXPECT_EQ(pages->currentRow(), 0);
  EXPECT_EQ(manual->page().textCursor().selectedText(), QStringLiteral("Why This Frame"));
  write(words, QStringLiteral("moonwalkery"));
  EXPECT_EQ(pages->currentRow(), 0);
  // Its keys are its own.
  manual->page().setFocus();
  QTest::keyClick(&manual->page(), Qt::Key_Space);
  EXPECT_FALSE(playback().isPlaying());
  QTest::keyClick(&manual->page(), Qt::Key_Escape);
  EXPECT_FALSE(manual->isVisible());
}

TEST_F(WorkspacesTest, OnionSkinAndTheFiguresLookAreKeysOfTheView) {
  prompt(0, 240, "walk");
  key(Qt::Key_O, Qt::AltModifier);
  EXPECT_TRUE(window_->view().onion());
  EXPECT_TRUE(window_->view().onionFrames().empty()) << "no take";
  generate();
  playback().seekFrame(60);
  EXPECT_EQ(window_->view().onionFrames(), (std::vector<std::int64_t>{48, 54, 66, 72}));
  playback().seekFrame(7);
  EXPECT_EQ(window_->view().onionFrames(), (std::vector<std::int64_t>{1, 13, 19}));
  playback().seekFrame(299);
  EXPECT_EQ(window_->view().onionFrames(), (std::vector<std::int64_t>{287, 293}));
  key(Qt::Key_O, Qt::AltModifier);
  EXPECT_TRUE(window_->view().onionFrames().empty());
  for (const auto& [which, look] : {std::pair{Qt::Key_1, FigureLook::Skeleton}, {Qt::Key_3, FigureLook::Both}, {Qt::Key_2, FigureLook::Mesh}}) {
    key(which, Qt::AltModifier);
    EXPECT_EQ(window_->view().viewport().figureLook(), look);
  }
}

TEST_F(WorkspacesTest, ProjectSettingsShowTheProjectsPage) {
  prompt(0, 60, "walk");
  selectAllClips(session());
  act("Project Settings");
  EXPECT_TRUE(session().selection().clips().empty());
  EXPECT_TRUE(isShown("inspectorDock"));
}

TEST_F(WorkspacesTest, EmptyTimeOfATrackIsSelectedFromItsMenu) {
  prompt(0, 60, "walk");
  prompt(150, 240, "jump");
  rightClick(pointOn(track(TrackKind::Text), 100), QStringLiteral("Select Time"));
  ASSERT_TRUE(session().selection().time());
  EXPECT_EQ(session().selection().time()->hold, (TimeRange{at(60), at(150)}));
}

}  // namespace
}  // namespace kinescore

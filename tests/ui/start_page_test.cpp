// What the program begins with, driven by mouse and keys.
#include <gtest/gtest.h>

#include <QComboBox>
#include <QDockWidget>
#include <QLabel>
#include <QSettings>
#include <QStackedWidget>

#include "engine/project/journal.h"
#include "engine/project/project.h"
#include "tests/ui/main_window_fixture.h"
#include "ui/panels/inspector.h"
#include "ui/panels/sample_card.h"
#include "ui/panels/generate_button.h"
#include "ui/panels/start_page.h"
#include "ui/panels/top_bar.h"
#include "ui/panels/view_panel.h"
#include "ui/timeline/timeline_view.h"
#include "ui/widgets/error_bar.h"

namespace kinescore {
namespace {

class StartPageTest : public testing::Test {
 protected:
  void SetUp() override {
    testApplication();
    service_ = std::make_unique<MotionService>(fakeEngine());
    reopen();
  }
  void TearDown() override {
    window_->close();
    window_.reset();
    QThreadPool::globalInstance()->waitForDone();  // what was looked at beside it
  }
  /// The program ends and starts again.
  void reopen() {
    if (window_) {
      window_->close();
    }
    WindowServices services{*service_, QStringLiteral("CPU · fake"), problem_, folder_.path() / "state"};
    services.sampleFolder = std::filesystem::path(KINESCORE_SOURCE_DIR) / "resources/samples";
    services.countClips = [clips = clips_] { return clips; };
    window_ = std::make_unique<MainWindow>(services);
    window_->setAsksBeforeClosing(false);
    window_->resize(1600, 1000);
    window_->show();
    window_->showStartPage();
    QApplication::setActiveWindow(window_.get());
    QCoreApplication::processEvents();
    ASSERT_NE(window_->startPage(), nullptr);
  }
  Session& session() { return window_->session(); }
  template <class T = QPushButton>
  T* part(const QString& name) {
    return window_->findChild<T*>(name);
  }
  QString wordsOf(const char* name) { return part<QLabel>(QString::fromLatin1(name))->text(); }
  std::filesystem::path saved(const char* name) {
    const std::filesystem::path file = folder_ / name;
    EXPECT_TRUE(session().saveAs(file).ok());
    EXPECT_TRUE(window_->openProject(file));
    return file;
  }

  TemporaryFolder folder_;
  QString problem_;
  Result<int> clips_ = 517;
  std::unique_ptr<MotionService> service_;
  std::unique_ptr<MainWindow> window_;
};

TEST_F(StartPageTest, StandsInPlaceOfThePanelsAndGoesByEsc) {
  EXPECT_FALSE(window_->timeline().isVisible());
  EXPECT_TRUE(window_->startPage()->isVisible());
  QTest::keyClick(QApplication::focusWidget(), Qt::Key_Escape);
  EXPECT_EQ(window_->startPage(), nullptr);
  EXPECT_TRUE(window_->timeline().isVisible());
  EXPECT_TRUE(window_->view().isVisible());
  EXPECT_EQ(QApplication::focusWidget(), &window_->timeline());
  // And back, from the menu.
  window_->action("Start Page")->trigger();
  EXPECT_NE(window_->startPage(), nullptr);
  part(QStringLiteral("startSkip"))->click();
  EXPECT_EQ(window_->startPage(), nullptr);
}

TEST_F(StartPageTest, EnterOpensTheFirstSampleWhichIsNotWrittenTo) {
  QTest::keyClick(QApplication::focusWidget(), Qt::Key_Return);
  EXPECT_EQ(window_->startPage(), nullptr);
  EXPECT_EQ(session().path().filename(), "rooftop-courier.kinescore");
  EXPECT_TRUE(session().saveNeedsPath());
  EXPECT_FALSE(std::filesystem::exists(takesFolderOf(session().path())));
}

TEST_F(StartPageTest, EverySampleIsACardThatOpensIt) {
  const QList<SampleCard*> cards = window_->findChildren<SampleCard*>();
  ASSERT_EQ(cards.size(), 6);
  for (int i = 0; i < 6; ++i) {
    window_->showStartPage();
    SampleCard* card = window_->findChildren<SampleCard*>()[i];
    EXPECT_FALSE(card->sample().line.isEmpty()) << card->sample().file;
    EXPECT_FALSE(card->accessibleName().isEmpty());
    EXPECT_GT(card->seconds(), 1);
    QTest::mouseClick(card, Qt::LeftButton);
    EXPECT_EQ(session().path(), card->sample().file);
    EXPECT_EQ(window_->startPage(), nullptr);
    EXPECT_EQ(window_->errors().sentence(), QString());
  }
}

TEST_F(StartPageTest, CardsAreWalkedByArrowsAndKeysOfTheTimelineDoNothing) {
  const QList<SampleCard*> cards = window_->findChildren<SampleCard*>();
  cards[0]->setFocus();
  QTest::keyClick(cards[0], Qt::Key_Right);
  EXPECT_TRUE(cards[1]->hasFocus());
  QTest::keyClick(cards[1], Qt::Key_Down);
  auto* below = qobject_cast<SampleCard*>(QApplication::focusWidget());
  ASSERT_NE(below, nullptr);
  EXPECT_EQ(below->x(), cards[1]->x());
  EXPECT_GT(below->y(), cards[1]->y());
  const auto frame = session().playback().frame();
  const int steps = session().document().undoStack().count();
  for (const Qt::Key key : {Qt::Key_S, Qt::Key_M, Qt::Key_Right, Qt::Key_L}) {
    QTest::keyClick(QApplication::focusWidget(), key);
  }
  EXPECT_EQ(session().playback().frame(), frame);
  EXPECT_EQ(session().document().undoStack().count(), steps);
  EXPECT_FALSE(session().playback().isPlaying());
}

TEST_F(StartPageTest, EverythingFitsTheLeastWindow) {
  window_->resize(1180, 720);
  QCoreApplication::processEvents();
  for (const QWidget* part : window_->startPage()->findChildren<QWidget*>()) {
    if (part->isVisible() && (qobject_cast<const QAbstractButton*>(part) != nullptr || qobject_cast<const QComboBox*>(part) != nullptr)) {
      const int right = part->mapTo(window_.get(), QPoint(part->width(), 0)).x();
      EXPECT_LE(right, 1180) << part->objectName().toStdString();
    }
  }
}

TEST_F(StartPageTest, BehindItTheViewKeepsTheBiggerHalfOfTheLeastWindow) {
  window_->resize(1180, 720);
  QCoreApplication::processEvents();
  window_->action("New")->trigger();
  ASSERT_EQ(window_->startPage(), nullptr);
  const auto* timeline = window_->findChild<QDockWidget*>(QStringLiteral("timelineDock"));
  QTest::qWait(20);
  EXPECT_LE(timeline->height(), 720 * 9 / 20);
}

TEST_F(StartPageTest, NewMakesAnEmptyProjectAtTheChosenRate) {
  auto* rate = window_->startPage()->findChild<QComboBox*>();
  ASSERT_EQ(rate->accessibleName(), QStringLiteral("Frame rate of new projects"));
  rate->setCurrentIndex(1);
  Q_EMIT rate->activated(1);
  EXPECT_EQ(session().rate(), (FrameRate{24, 1}));
  part(QStringLiteral("startNew"))->click();
  EXPECT_EQ(window_->startPage(), nullptr);
  EXPECT_FALSE(session().hasPath());
  reopen();
  EXPECT_EQ(session().rate(), (FrameRate{24, 1}));
  EXPECT_EQ(window_->startPage()->findChild<QComboBox*>()->currentIndex(), 1);
}

TEST_F(StartPageTest, RecentProjectsOpenAndAMissingOneIsLookedFor) {
  saved("there.kinescore");
  const auto gone = saved("gone.kinescore");
  window_->session().newProject();
  std::filesystem::remove(gone);
  reopen();
  EXPECT_EQ(part(QStringLiteral("recent:gone"))->accessibleName(), QStringLiteral("“gone” is missing. Find it"));
  part(QStringLiteral("recent:there"))->click();
  EXPECT_EQ(session().path().filename(), "there.kinescore");
}

TEST_F(StartPageTest, TellsWhetherThisComputerIsReady) {
  EXPECT_EQ(wordsOf("engineCheck"), QStringLiteral("Engine ready: CPU · fake"));
  EXPECT_TRUE(waitUntil([&] { return wordsOf("libraryCheck") == QStringLiteral("Library ready: 517 clips"); }));
  EXPECT_TRUE(waitUntil([&] { return !wordsOf("viewCheck").startsWith(QStringLiteral("Looking")); }));
  problem_ = QStringLiteral("The weights are missing; run the set-up.");
  clips_ = Error{ErrorCode::NotFound, "The library is not there."};
  reopen();
  EXPECT_EQ(wordsOf("engineCheck"), QStringLiteral("No engine: The weights are missing; run the set-up."));
  EXPECT_TRUE(waitUntil([&] { return wordsOf("libraryCheck") == QStringLiteral("No library: The library is not there."); }));
}

TEST_F(StartPageTest, AProjectThatCannotBeOpenedIsSaidWhereTheEyeIs) {
  const std::filesystem::path file = folder_ / "broken.kinescore";
  putBytes(file, "{ not a project");
  EXPECT_FALSE(window_->openProject(file));
  EXPECT_NE(window_->startPage(), nullptr);
  EXPECT_FALSE(window_->projectBar().sentence().isEmpty());
  EXPECT_TRUE(window_->projectBar().isVisible());
}

TEST_F(StartPageTest, AProjectGivenAtTheStartThatCannotBeOpenedIsSaidOnThePage) {
  const std::filesystem::path damaged = folder_ / "damaged.kinescore";
  putBytes(damaged, "{ \"format\": \"kinescore-pro");
  window_->leaveStartPage();
  window_->start(damaged);
  ASSERT_NE(window_->startPage(), nullptr);
  EXPECT_TRUE(window_->projectBar().isVisible());
  EXPECT_TRUE(window_->projectBar().sentence().contains(QStringLiteral("“damaged”"))) << window_->projectBar().sentence().toStdString();
  window_->start(saved("whole.kinescore"));
  EXPECT_EQ(window_->startPage(), nullptr);
}

TEST_F(StartPageTest, WorkThatWasKeptDoesNotHideWhyTheProjectWasNotOpened) {
  ASSERT_TRUE(Journal::begin(newUntitledJournalPath(folder_.path() / "state"), {"", Timeline{}.contentHash(), "", writeProject({})}));
  window_->start(folder_ / "nowhere.kinescore");
  const QString said = window_->projectBar().sentence();
  ASSERT_TRUE(said.contains(QStringLiteral("nowhere.kinescore” does not exist"))) << said.toStdString();
  QTest::qWait(300);
  EXPECT_EQ(window_->projectBar().sentence(), said);
  window_->start({});
  EXPECT_TRUE(waitUntil([&] { return window_->projectBar().sentence().contains(QStringLiteral("was kept")); }))
      << window_->projectBar().sentence().toStdString();
}

TEST_F(StartPageTest, AProjectWasSavedWhenItsFileWasWritten) {
  const std::filesystem::path file = saved("whole.kinescore");
  const auto hoursAgo = std::filesystem::last_write_time(file) - std::chrono::hours(5);
  std::filesystem::last_write_time(file, hoursAgo);
  ASSERT_TRUE(window_->openProject(file));
  EXPECT_NEAR(double(session().savedAt().secsTo(QDateTime::currentDateTime())), 5 * 3600, 120);
}

TEST_F(StartPageTest, GenerateLeavesItSoThatWhatIsMissingIsSeen) {
  window_->topBar().generateButton()->setFocus();
  window_->action("Generate")->trigger();
  EXPECT_EQ(window_->startPage(), nullptr);
  EXPECT_TRUE(window_->errors().isVisible());
}

TEST_F(StartPageTest, WeightsThatAreDamagedAreNoEngine) {
  WindowServices services{*service_, QStringLiteral("CPU · fake"), {}, folder_.path() / "state"};
  services.checkEngine = []() -> Status { return Error{ErrorCode::BadInput, "The weights are damaged."}; };
  window_ = std::make_unique<MainWindow>(services);
  window_->setAsksBeforeClosing(false);
  window_->show();
  window_->showStartPage();
  ASSERT_TRUE(waitUntil([&] { return wordsOf("engineCheck").startsWith(QStringLiteral("No engine")); }));
  EXPECT_EQ(window_->topBar().engineText(), QStringLiteral("No engine"));
  EXPECT_FALSE(window_->action("Generate")->isEnabled());
}

TEST_F(StartPageTest, TheLayoutOfThePanelsComesBack) {
  window_->leaveStartPage();
  auto* history = window_->findChild<QWidget*>(QStringLiteral("historyDock"));
  auto* takes = window_->findChild<QWidget*>(QStringLiteral("takesDock"));
  history->show();
  takes->hide();
  window_->showStartPage();
  EXPECT_FALSE(history->isVisible());
  reopen();  // closed on the start page: what lies behind it is what is remembered
  window_->leaveStartPage();
  EXPECT_TRUE(window_->findChild<QWidget*>(QStringLiteral("historyDock"))->isVisible());
  EXPECT_FALSE(window_->findChild<QWidget*>(QStringLiteral("takesDock"))->isVisible());
}

TEST_F(StartPageTest, HowLongASampleTakesIsSaidOnceSomethingWasMeasured) {
  EXPECT_EQ(window_->findChild<SampleCard*>()->expectation(), QString());
  QSettings(QString::fromStdString((folder_.path() / "state/window.ini").string()), QSettings::IniFormat)
      .setValue(QStringLiteral("speed/1"), 2.2);  // as a take of good quality leaves it
  reopen();
  EXPECT_EQ(window_->findChild<SampleCard*>()->expectation(), QStringLiteral("About 15 s on this computer"));
}

}  // namespace
}  // namespace kinescore

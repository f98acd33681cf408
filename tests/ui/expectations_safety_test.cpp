// T28–T30: safety.
#include <QAbstractButton>
#include <QDir>
#include <QLabel>
#include <QMessageBox>
#include <nlohmann/json.hpp>

#include "engine/core/files.h"
#include "engine/project/journal.h"
#include "tests/ui/expectations_fixture.h"
#include "ui/dialogs/export_dialog.h"
#include "ui/panels/status_bar.h"
#include "ui/widgets/error_bar.h"

namespace kinescore {
namespace {

TEST_F(Expectations, T28_EverythingIsUndoneStepByStepUnderItsName) {
  std::vector<std::string> hashes{session().timeline().contentHash()};
  const auto isOneStep = [&](const char* what) {
    EXPECT_EQ(steps(), int(hashes.size())) << what;
    EXPECT_FALSE(session().document().undoStack().undoText().isEmpty()) << what;
    hashes.push_back(session().timeline().contentHash());
    EXPECT_NE(hashes.back(), hashes[hashes.size() - 2]) << what;
  };
  click(pointOn(track(TrackKind::Text), 30));
  type(QStringLiteral("walk slowly"));
  key(Qt::Key_Return);
  isOneStep("written");
  const ObjectId words = clipsOf(TrackKind::Text)[0]->id;
  drag(middleOf(words), middleOf(words) + QPoint(60, 0));
  isOneStep("dragged");
  playback().seekFrame(200);
  key(Qt::Key_S);
  isOneStep("pinned");
  click(view().headerButton(track(TrackKind::Text), TimelineHit::Zone::HeaderMute).center());
  isOneStep("muted");
  click(view().headerButton(track(TrackKind::Text), TimelineHit::Zone::HeaderMute).center());
  EXPECT_EQ(session().timeline().contentHash(), hashes[hashes.size() - 2]);
  hashes.push_back(session().timeline().contentHash());
  session().selection().selectClip(words);
  QCoreApplication::processEvents();
  auto* field = find<QWidget>("prompt");
  field->setFocus();
  QTest::keyClicks(field, QStringLiteral("very "));
  isOneStep("typed");
  view().setFocus();
  playback().seekFrame(50);
  key(Qt::Key_M);
  isOneStep("marked");
  key(Qt::Key_O);
  isOneStep("out");
  const auto order = session().timeline().tracks();
  drag({100, view().rowRect(order[0]->id).center().y()}, {100, view().rowRect(order[2]->id).bottom() - 2});
  isOneStep("tracks");

  const int all = steps();
  for (int i = all; i > 0; --i) {
    EXPECT_FALSE(window_->action("Undo")->text().mid(4).trimmed().isEmpty());
    key(Qt::Key_Z, Qt::ControlModifier);
    EXPECT_EQ(session().timeline().contentHash(), hashes[std::size_t(i - 1)]) << i;
  }
  EXPECT_FALSE(window_->action("Undo")->isEnabled());
  for (int i = 1; i <= all; ++i) {
    key(Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
    EXPECT_EQ(session().timeline().contentHash(), hashes[std::size_t(i)]) << i;
  }
  EXPECT_EQ(session().document().undoStack().undoLimit(), 0);  // without limit
}

TEST_F(Expectations, T29_TheSavedStateIsSeenAndEditsComeBackAfterACrash) {
  const auto seen = [&](const QString& beginning) {
    QCoreApplication::processEvents();
    for (const QLabel* label : window_->status().findChildren<QLabel*>()) {
      if (label->isVisible() && label->text().startsWith(beginning)) {
        return true;
      }
    }
    return false;
  };
  const std::filesystem::path file = folder_.path() / "scene.kinescore";
  prompt(0, 60, "walk");
  EXPECT_TRUE(seen(QStringLiteral("Edits kept, not saved")));
  ASSERT_TRUE(session().saveAs(file).ok());
  EXPECT_TRUE(seen(QStringLiteral("Saved ")));
  key(Qt::Key_S, Qt::ControlModifier);
  EXPECT_TRUE(seen(QStringLiteral("Saved ")));
  const std::string saved = session().timeline().contentHash();
  prompt(90, 120, "run");
  const std::string edited = session().timeline().contentHash();
  EXPECT_TRUE(seen(QStringLiteral("Edits kept, not saved")));

  // The program dies here; what lies on the disk is all that is left.
  const std::filesystem::path state = folder_.path() / "state", kept = folder_.path() / "kept";
  ASSERT_TRUE(waitUntil([&] {
    const auto journal = recoverJournal(journalPathFor(state, file));
    return journal && journal->entries.size() == 1;
  }));
  std::filesystem::copy(state, kept, std::filesystem::copy_options::recursive);
  window_->close();
  window_.reset();
  std::filesystem::remove_all(state);
  std::filesystem::rename(kept, state);
  window_ = std::make_unique<MainWindow>(WindowServices{*service_, QStringLiteral("CPU · fake"), {}, state});
  window_->setAsksBeforeClosing(false);
  window_->show();
  ASSERT_TRUE(window_->openProject(file));
  EXPECT_EQ(session().timeline().contentHash(), edited);
  EXPECT_TRUE(window_->errors().sentence().contains(QStringLiteral("brought back"))) << window_->errors().sentence().toStdString();
  EXPECT_TRUE(session().isChanged());
  undo();
  EXPECT_EQ(session().timeline().contentHash(), saved);
}

TEST_F(Expectations, T29_ASaveThatFailsIsSaidAndTheOldFileStaysWhole) {
  const std::filesystem::path file = folder_.path() / "scene.kinescore";
  prompt(0, 60, "walk");
  ASSERT_TRUE(session().saveAs(file).ok());
  const auto before = readFile(file);
  prompt(90, 120, "run");
  // Its side file cannot be written where a folder stands in its place or the folder is gone.
  std::filesystem::rename(file, folder_.path() / "aside");
  std::filesystem::create_directories(file / "in the way");
  // Something else lies there now: it is asked whether it may be replaced.
  QTimer answer;
  QObject::connect(&answer, &QTimer::timeout, window_.get(), [] {
    for (QDialog* dialog : dialogs()) {
      auto* box = qobject_cast<QMessageBox*>(dialog);
      for (QAbstractButton* button : box != nullptr ? box->buttons() : QList<QAbstractButton*>{}) {
        if (box->buttonRole(button) == QMessageBox::AcceptRole) {
          button->click();
        }
      }
    }
  });
  answer.start(5);
  EXPECT_FALSE(window_->save());
  EXPECT_TRUE(window_->errors().isVisible());
  EXPECT_TRUE(window_->errors().sentence().startsWith(QStringLiteral("Could not save")));
  EXPECT_TRUE(session().isChanged());
  std::filesystem::remove_all(file);
  std::filesystem::rename(folder_.path() / "aside", file);
  EXPECT_EQ(*readFile(file), *before);
  EXPECT_TRUE(window_->save());
  EXPECT_NE(*readFile(file), *before);
  EXPECT_FALSE(session().isChanged());
  // Nothing is left lying beside it.
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
    EXPECT_EQ(entry.path().filename().string().find("tmp"), std::string::npos) << entry.path();
  }
}

TEST_F(Expectations, T29_NothingIsWrittenOverWithoutAsking) {
  prompt(0, 60, "walk");
  generate();
  ExportDialog dialog(session());
  dialog.setFormat(ExportFormat::Bvh);
  dialog.setFile(QString::fromStdString(folder_.path().string()), QStringLiteral("walk"));
  ASSERT_TRUE(dialog.exportNow());
  const auto before = std::filesystem::last_write_time(dialog.filePath().toStdString());
  EXPECT_FALSE(dialog.exportNow());
  EXPECT_EQ(std::filesystem::last_write_time(dialog.filePath().toStdString()), before);
}

TEST_F(Expectations, T30_TheProjectIsSortedTextWithoutPathsOfThisMachine) {
  const std::filesystem::path sound = folder_.path() / "sounds" / "drums.wav";
  std::filesystem::create_directories(sound.parent_path());
  ASSERT_TRUE(saveFileSafely(sound, "RIFF").ok());
  prompt(0, 60, "walk");
  addTo(*session().trackOf(TrackKind::Audio, QStringLiteral("Add track")), {at(0), at(60)}, AudioCondition{sound.string(), {}, 120, 0});
  generate();
  const std::filesystem::path file = folder_.path() / "scene.kinescore";
  ASSERT_TRUE(session().saveAs(file).ok());
  const auto text = readFile(file);
  ASSERT_TRUE(text.ok());
  EXPECT_EQ(text->find(folder_.path().string()), std::string::npos);
  EXPECT_EQ(text->find(QDir::homePath().toStdString() + "/"), std::string::npos);
  EXPECT_NE(text->find("sounds/drums.wav"), std::string::npos);
  // The same content in the same order: nothing but what was edited differs between two versions.
  const nlohmann::json parsed = nlohmann::json::parse(*text);  // sorts its keys
  const nlohmann::ordered_json asWritten = nlohmann::ordered_json::parse(*text);
  EXPECT_EQ(parsed.dump(), asWritten.dump());
  EXPECT_GT(std::count(text->begin(), text->end(), '\n'), 20);

  // Gone and found again, from another folder too.
  std::filesystem::rename(sound.parent_path(), folder_.path() / "elsewhere");
  ASSERT_TRUE(window_->openProject(file));
  EXPECT_EQ(window_->errors().sentence(), QStringLiteral("“drums.wav” is not where it was."));
  ASSERT_EQ(session().missingFiles().size(), 1u);
  EXPECT_TRUE(session().relink(session().missingFiles().front(), folder_.path() / "elsewhere" / "drums.wav"));
  EXPECT_TRUE(session().missingFiles().empty());
}

}  // namespace
}  // namespace kinescore

// T22–T27: making anew.
#include <QPushButton>
#include <QRegularExpression>
#include <QToolButton>

#include "engine/generation/join_report.h"
#include "tests/support/takes.h"
#include "tests/ui/expectations_fixture.h"
#include "ui/panels/status_bar.h"
#include "ui/panels/takes_panel.h"
#include "ui/panels/top_bar.h"
#include "ui/panels/view_panel.h"
#include "ui/widgets/error_bar.h"
#include "ui/widgets/fields.h"

namespace kinescore {
namespace {

std::string hashOf(const TakePointer& take, FrameRange frames) { return identityHash(*take->result.motion, frames); }

TEST_F(Expectations, T22_ATimeSelectionIsMadeAnewAndTheRestStaysBitForBit) {
  prompt(0, 300, "walk");
  generate();
  const TakePointer first = session().takes().shown();
  drag({xOf(90), 12}, {xOf(150), 12});
  ASSERT_TRUE(session().selection().time().has_value());
  EXPECT_NEAR(double(nearestFrame(session().selection().time()->hold.start, session().rate())), 90, 1.1);
  EXPECT_GT(session().selection().time()->falloffIn, Ticks{0});
  EXPECT_GT(session().selection().time()->falloffOut, Ticks{0});
  // Each handle moves its own part.
  TimeSelection before = *session().selection().time();
  const auto now = [&] { return *session().selection().time(); };
  const int step = xOf(10) - xOf(0);
  int x = view().xOf(before.span().start);
  drag({x, 20}, {x - step, 20});
  EXPECT_GT(now().falloffIn, before.falloffIn);
  EXPECT_EQ(now().hold, before.hold);
  before = now();
  x = view().xOf(before.span().end);
  drag({x, 20}, {x + step, 20});
  EXPECT_GT(now().falloffOut, before.falloffOut);
  EXPECT_EQ(now().hold, before.hold);
  before = now();
  x = view().xOf(before.hold.end);
  drag({x, 10}, {x + step, 10});
  EXPECT_GT(now().hold.end, before.hold.end);
  EXPECT_EQ(now().hold.start, before.hold.start);

  view().setFocus();
  key(Qt::Key_Return, Qt::ControlModifier | Qt::ShiftModifier);
  ASSERT_TRUE(waitUntil([&] { return session().takes().takes().size() == 2; }));
  const TakePointer second = session().takes().shown();
  ASSERT_TRUE(second->range.has_value());
  const FrameRange made = *second->range, all{0, first->result.motion->frameCount()};
  EXPECT_EQ(made, framesCovering(now().span(), kEngineRate));
  EXPECT_EQ(hashOf(second, {0, made.start}), hashOf(first, {0, made.start}));
  EXPECT_EQ(hashOf(second, {made.end, all.end}), hashOf(first, {made.end, all.end}));
  EXPECT_NE(hashOf(second, made), hashOf(first, made));
}

TEST_F(Expectations, T23_TakesAreKeptSwitchedWithoutAJumpAndRememberWhatTheyWereMadeOf) {
  const ObjectId words = prompt(0, 90, "walk");
  poseAt(60);
  generate();
  const TakePointer first = session().takes().shown();
  const std::string id = first->id;
  session().selection().selectClip(words);
  window_->action("Delete")->trigger();
  prompt(0, 90, "run");
  generate();
  ASSERT_EQ(session().takes().takes().size(), 2u);
  EXPECT_EQ(session().takes().takes()[0]->request.texts.at(0).prompt, "walk");
  EXPECT_EQ(session().takes().takes()[0]->request.poses.size(), 1u);
  EXPECT_EQ(session().takes().takes()[0]->request.seed, first->request.seed);
  EXPECT_FALSE(session().takes().takes()[0]->result.modelHash.empty());
  EXPECT_EQ(session().takes().takes()[0]->id, id);

  playback().seekFrame(77);
  const ViewportView camera = window_->view().viewport().view();
  const bool follows = window_->view().viewport().follow();
  const Ticks left = view().axis().left;
  key(Qt::Key_Left, Qt::AltModifier);
  EXPECT_EQ(session().takes().shownId(), id);
  EXPECT_EQ(playback().frame(), 77);
  EXPECT_EQ(window_->view().viewport().view(), camera);
  EXPECT_EQ(window_->view().viewport().follow(), follows);
  EXPECT_EQ(view().axis().left, left);
  key(Qt::Key_Right, Qt::AltModifier);
  EXPECT_NE(session().takes().shownId(), id);
  EXPECT_EQ(playback().frame(), 77);
  EXPECT_EQ(session().takes().takes().size(), 2u);
  window_->action("Delete Take")->trigger();
  EXPECT_EQ(session().takes().takes().size(), 1u);
  EXPECT_EQ(session().takes().shownId(), id);
}

TEST_F(SlowExpectations, T24_EditingGoesOnAndCancelAnswersWithinATenthOfASecondByEscAndByTheButton) {
  const ObjectId words = prompt(0, 90, "walk");
  generate();
  const std::string id = session().takes().shownId();
  for (const bool byKey : {true, false}) {
    view().setFocus();
    session().newSeed();
    key(Qt::Key_Return, Qt::ControlModifier);
    GenerateButton* button = window_->topBar().generateButton();
    ASSERT_TRUE(waitUntil([&] { return button->state() == GenerateButton::State::Working; }));
    const FrameRange before = framesOf(words);
    drag(middleOf(words), middleOf(words) + QPoint(xOf(15) - xOf(0), 0));
    EXPECT_NEAR(double(framesOf(words).start), double(before.start) + 15, 1.1);
    ASSERT_TRUE(session().jobs().isBusy());
    ASSERT_TRUE(waitUntil([&] { return session().jobs().isBusy() && session().jobs().jobs().front().progress.step >= 1; }));
    ASSERT_TRUE(waitUntil([&] { return find<QLabel>("statusDetail")->text().contains(QStringLiteral(" left")); }));
    EXPECT_TRUE(find<QLabel>("statusDetail")->text().contains(QStringLiteral(" %, ")));
    EXPECT_FALSE(find<QLabel>("statusDetail")->text().contains(QStringLiteral("step")));
    EXPECT_TRUE(find<QLabel>("statusDetail")->toolTip().startsWith(QStringLiteral("Step ")));
    QElapsedTimer timer;
    timer.start();
    if (byKey) {
      key(Qt::Key_Escape);
    } else {
      QTest::mouseClick(button, Qt::LeftButton, Qt::NoModifier, {button->width() - 10, button->height() / 2});
    }
    EXPECT_FALSE(session().jobs().isBusy());
    EXPECT_LT(timer.elapsed(), 100);
    EXPECT_EQ(session().takes().shownId(), id);
    EXPECT_EQ(session().takes().takes().size(), 1u);
    EXPECT_EQ(window_->status().words(), QStringLiteral("Cancelled. Take 1 is still there."));
    EXPECT_EQ(framesOf(words).length(), before.length());  // the edit is still there
  }
}

TEST_F(Expectations, T24_EscBelongsToWhatTheMouseHoldsFirst) {
  prompt(0, 90, "walk");
  generate();
  EXPECT_EQ(window_->topBar().generateButton()->state(), GenerateButton::State::UpToDate);
  const ObjectId words = clipsOf(TrackKind::Text)[0]->id;
  const FrameRange before = framesOf(words);
  press(middleOf(words));
  moveTo(middleOf(words) + QPoint(50, 0));
  moveTo(middleOf(words) + QPoint(60, 0));
  key(Qt::Key_Escape);
  release({0, 200});
  EXPECT_EQ(framesOf(words), before);
}

TEST_F(Expectations, T25_WhatWasMissedIsSaidInWordsAndNumbersWithAWayToSeeIt) {
  prompt(0, 300, "walk");
  session().takes().add(takeOf(3), true);  // “Right hand 2.1 cm off its pose”, frame 214
  window_->action("Quality Report")->trigger();
  QCoreApplication::processEvents();
  QStringList words;
  QPushButton* show = nullptr;
  for (const QLabel* label : find<QWidget>("inspector")->findChildren<QLabel*>()) {
    if (label->isVisible()) {
      words << label->text();
    }
  }
  EXPECT_TRUE(words.contains(QStringLiteral("Quality report, 1 note"))) << words.join(u'|').toStdString();
  EXPECT_TRUE(words.contains(QStringLiteral("Right hand 2.1 cm off its pose")));
  for (QPushButton* button : find<QWidget>("inspector")->findChildren<QPushButton*>()) {
    show = button->isVisible() && button->text().contains(QStringLiteral("Show")) && show == nullptr ? button : show;
  }
  ASSERT_NE(show, nullptr);
  QTest::mouseClick(show, Qt::LeftButton);
  EXPECT_EQ(playback().frame(), 214);
}

TEST_F(Expectations, T25_TheJoinsOfWhatWasMadeAnewAreSaidInNumbers) {
  prompt(0, 300, "walk");
  GenerationRequest request = walkRequest();
  request.range = FrameRange{100, 200};
  GeneratedMotion result = generatedMotion(300, 3);
  result.report.lines = joinLines(request, *result.motion);
  ASSERT_EQ(result.report.lines.size(), 1u);
  session().takes().add(makeTake(request, std::move(result), nullptr, 1), true);
  window_->action("Quality Report")->trigger();
  QCoreApplication::processEvents();
  QString said;
  for (const QLabel* label : find<QWidget>("inspector")->findChildren<QLabel*>()) {
    if (label->isVisible() && (label->text().contains(QStringLiteral("join"), Qt::CaseInsensitive) || label->text().contains(QStringLiteral("Speeds change")))) {
      said += label->text();
    }
  }
  EXPECT_TRUE(said.contains(QRegularExpression(QStringLiteral("[0-9]\\.[0-9]")))) << said.toStdString();
}

TEST_F(Expectations, T26_TheFirstLevelShowsPromptsAnchorsStrengthLengthSeedAndTakes) {
  const ObjectId words = prompt(0, 90, "walk");
  session().selection().selectClip(words);
  QCoreApplication::processEvents();
  auto* inspector = find<QWidget>("inspector");
  EXPECT_TRUE(find<QWidget>("prompt")->isVisible());
  const auto strengths = inspector->findChildren<QWidget*>(QStringLiteral("strength"));  // one a page
  EXPECT_TRUE(std::any_of(strengths.begin(), strengths.end(), [](const QWidget* editor) { return editor->isVisible(); }));
  QStringList names, times;
  for (const QLineEdit* field : inspector->findChildren<QLineEdit*>()) {
    if (field->isVisible()) {
      names << field->accessibleName();
    }
  }
  EXPECT_TRUE(names.contains(QStringLiteral("Seed of the next take"))) << names.join(u'|').toStdString();
  EXPECT_TRUE(find<QWidget>("takeRows")->isVisible());
  // What only the second level has is not on the first one.
  for (const QLabel* label : inspector->findChildren<QLabel*>()) {
    if (label->isVisible()) {
      for (const char* later : {"Guidance", "Steps", "Sampler"}) {
        EXPECT_FALSE(label->text().startsWith(QLatin1String(later))) << label->text().toStdString();
      }
    }
  }
}

TEST_F(Expectations, T26_TheSecondLevelHasStepsGuidanceSamplerAndWhatToKeepAwayFrom) {
  session().selection().selectClip(prompt(0, 90, "walk"));
  QCoreApplication::processEvents();
  const auto shown = [&](const char* name) -> QWidget* {
    for (QWidget* widget : find<QWidget>("inspector")->findChildren<QWidget*>(QLatin1String(name))) {
      if (widget->isVisible()) {
        return widget;
      }
    }
    return nullptr;
  };
  for (const char* name : {"steps", "guidance", "sampler", "avoid", "reset sampling"}) {
    EXPECT_EQ(shown(name), nullptr) << name;
  }
  auto* more = qobject_cast<QToolButton*>(shown("more settings"));
  ASSERT_NE(more, nullptr);
  QTest::mouseClick(more, Qt::LeftButton);
  auto* steps = qobject_cast<NumberField*>(shown("steps"));
  auto* guidance = qobject_cast<NumberField*>(shown("guidance"));
  auto* avoid = qobject_cast<QLineEdit*>(shown("avoid"));
  ASSERT_TRUE(steps != nullptr && guidance != nullptr && avoid != nullptr && shown("sampler") != nullptr);
  EXPECT_EQ(steps->number(), 16);
  session().setQuality(Quality::Best);
  EXPECT_EQ(steps->number(), 30) << "what is not set by hand follows the quality";
  EXPECT_EQ(shown("reset sampling"), nullptr);

  steps->drive(24);
  guidance->drive(2.5);
  avoid->setFocus();
  QTest::keyClicks(avoid, QStringLiteral("jump"));
  QTest::keyClick(avoid, Qt::Key_Return);
  EXPECT_EQ(session().sampling(), (SamplingWishes{24, 2.5, std::nullopt, "jump"}));
  EXPECT_TRUE(session().isChanged());
  generate();
  EXPECT_EQ(session().takes().shown()->request.sampling, session().sampling());
  QWidget* reset = shown("reset sampling");
  ASSERT_NE(reset, nullptr);
  QTest::mouseClick(reset, Qt::LeftButton);
  EXPECT_TRUE(session().sampling().isEmpty());
  EXPECT_EQ(steps->number(), 30);
}

TEST_F(Expectations, T27_EveryFailureIsOneSentenceAndLeavesTheProgramUsable) {
  const ObjectId words = prompt(0, 90, "walk");
  const std::string before = session().timeline().contentHash();
  const auto isSentence = [&] {
    const QString sentence = window_->errors().sentence();
    EXPECT_TRUE(window_->errors().isVisible());
    EXPECT_TRUE(sentence.endsWith(u'.')) << sentence.toStdString();
    EXPECT_LT(sentence.size(), 240);
    EXPECT_FALSE(sentence.contains(u'!'));
    EXPECT_TRUE(dialogs().isEmpty());
    window_->errors().hide();
  };
  EXPECT_FALSE(window_->openProject(folder_.path() / "nothing.kinescore"));
  isSentence();
  session().selection().setTime(TimeSelection{{at(30), at(60)}, {}, {}});
  window_->regenerate();  // without a take
  isSentence();
  session().selection().setTime(std::nullopt);
  service_->useGenerator([]() -> Result<std::unique_ptr<MotionGenerator>> {
    auto generator = std::make_unique<FakeGenerator>();
    generator->failure = Error{ErrorCode::EngineFailed, "The graphics card ran out of memory"};
    return std::unique_ptr<MotionGenerator>(std::move(generator));
  });
  window_->action("Generate")->trigger();
  ASSERT_TRUE(waitUntil([&] { return !session().jobs().isBusy(); }));
  EXPECT_EQ(window_->errors().sentence(), QStringLiteral("Take 1 stopped: the graphics card ran out of memory. The timeline is unchanged."));
  isSentence();
  EXPECT_EQ(session().timeline().contentHash(), before);
  service_->useGenerator(fakeEngine());
  generate();
  EXPECT_NE(session().takes().shown(), nullptr);
  EXPECT_EQ(wordsOf(words), "walk");
}

TEST_F(Expectations, TheMenusOfTheTimeSelectionAndTheResultDoWhatTheySay) {
  prompt(0, 150, "walk");
  prompt(150, 300, "run");
  const auto result = [&](std::int64_t frame) { return QPoint((xOf(frame) + xOf(frame + 1)) / 2, view().resultHeaderRect().center().y()); };
  EXPECT_FALSE(rightClick(result(60)).contains(QStringLiteral("Why This Frame?")));
  generate();
  QString said;
  QObject::connect(&session(), &Session::told, &session(), [&](const QString& words) { said = words; });
  QObject::connect(&session(), &Session::notice, &session(), [](const QString& words) { ADD_FAILURE() << "no warning: " << words.toStdString(); });
  EXPECT_EQ(rightClick(result(60), QStringLiteral("Why This Frame?")), (QStringList{"Why This Frame?", "Copy Hash"}));
  EXPECT_EQ(playback().frame(), 60);
  EXPECT_TRUE(said.startsWith(QStringLiteral("Frame 60 was made in take 1 from “walk”"))) << said.toStdString();

  session().selection().setTime(TimeSelection{{at(180), at(240)}, {}, {}});
  const QPoint top(xOf(210), 12);
  EXPECT_EQ(rightClick(top).mid(0, 3).join(u','), QStringLiteral("Regenerate,New Seed,Fit to Clips"));
  const std::uint64_t seed = session().seed();
  rightClick(top, QStringLiteral("New Seed"));
  ASSERT_TRUE(waitUntil([&] { return session().takes().takes().size() == 2; }));
  EXPECT_NE(session().seed(), seed);
  EXPECT_TRUE(session().takes().shown()->range.has_value());
  rightClick(top, QStringLiteral("Regenerate"));
  ASSERT_TRUE(waitUntil([&] { return session().takes().takes().size() == 3; }));
  rightClick(result(60), QStringLiteral("Why This Frame?"));
  EXPECT_TRUE(said.startsWith(QStringLiteral("Frame 60 was kept from take 1"))) << said.toStdString();
  rightClick(result(210), QStringLiteral("Why This Frame?"));
  EXPECT_TRUE(said.contains(QStringLiteral("“run”"))) << said.toStdString();
}

}  // namespace
}  // namespace kinescore

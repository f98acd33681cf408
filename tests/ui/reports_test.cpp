// What a take's report, the result row and the contact bars say: one thing, in the project's frames, each with its place.
#include <QLabel>
#include <QScrollArea>

#include "engine/generation/foot_report.h"
#include "engine/generation/report.h"
#include "engine/request/report_text.h"
#include "tests/support/takes.h"
#include "tests/ui/expectations_fixture.h"
#include "ui/dialogs/export_dialog.h"
#include "ui/document/frame_reasons.h"
#include "ui/panels/path_map.h"
#include "ui/panels/status_bar.h"
#include "ui/panels/view_panel.h"
#include "ui/timeline/result_summary.h"
#include "ui/widgets/error_bar.h"

namespace kinescore {
namespace {

class ReportsTest : public Expectations {
 protected:
  void show(std::vector<ReportLine> lines, GenerationRequest request = walkRequest()) {
    GeneratedMotion result = generatedMotion(300, 3);
    result.report.lines = std::move(lines);
    session().takes().add(makeTake(request, std::move(result), nullptr, 1), true);
    settle();
  }
  static void settle() {
    QCoreApplication::processEvents();
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    QCoreApplication::processEvents();
  }
  QStringList labelsOf(const QWidget& widget) {
    QStringList words;
    for (const QLabel* label : widget.findChildren<QLabel*>()) {
      words << label->text();
    }
    return words;
  }
  QString marked() {
    settle();
    auto* line = window_->findChild<QWidget*>(QStringLiteral("markedReportLine"));
    return line == nullptr ? QString() : line->accessibleName();
  }
};

TEST_F(ReportsTest, TheResultRowAndTheReportAgreeAboutAPath) {
  // Hips that swing 12 cm with the steps, on a straight path.
  auto motion = std::make_shared<Motion>();
  for (std::int64_t f = 0; f < 300; ++f) {
    Pose pose = restPose(*motion->skeleton);
    pose.rootPosition.x = 0.12f * std::sin(float(f) * 0.42f);
    pose.rootPosition.z = float(f) / 30;
    motion->appendPose(pose);
  }
  Take take;
  take.result.motion = motion;
  take.request = walkRequest();
  take.request.paths = {{{{Ticks{0}, {0, 0}, {}}, {ticksFromSeconds(10), {0, 10}, {}}}}};
  const auto lines = measuredLines(take.request, *motion);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_FALSE(lines[0].isNote);
  const ResultSummary kept = summarize(take);
  EXPECT_EQ(std::count(kept.missed.begin(), kept.missed.end(), true), 0);
  EXPECT_GT(*std::min_element(kept.fulfilment.begin(), kept.fulfilment.end()), 0.7f);

  take.request.paths[0].points[1].position.x = 3;
  EXPECT_TRUE(measuredLines(take.request, *motion)[0].isNote);
  const ResultSummary missed = summarize(take);
  EXPECT_FALSE(missed.missed[2]);
  EXPECT_TRUE(missed.missed[200]);
}

TEST_F(ReportsTest, AClickOnAColumnMarksTheLineThatSaysWhy) {
  prompt(0, 300, "walk");
  GenerationRequest request = walkRequest();
  request.poses.push_back({ticksOfFrame(190, kEngineRate), restPose(*kinescore22())});  // nobody strikes it
  show({{false, "Pose at the start kept", "", 4}, {true, "Left heel slides", "", 120}, {false, "Target reached", "", 186}, {true, "Pose missed", "", 196}},
       request);
  session().selection().selectNothing();
  EXPECT_EQ(marked(), QString());
  click(view().resultColumnRect(10).center());
  EXPECT_EQ(session().selection().surface(), Selection::Surface::Take);
  EXPECT_EQ(marked(), QStringLiteral("Pose at the start kept"));
  click(view().resultColumnRect(110).center());
  EXPECT_EQ(marked(), QStringLiteral("Left heel slides"));
  click(view().resultColumnRect(60).center());
  EXPECT_EQ(marked(), QString()) << "nothing is said within half a second";
  EXPECT_EQ(session().selection().surface(), Selection::Surface::Take);
  click(view().resultColumnRect(190).center());  // nearer to the target, but what is orange was missed
  EXPECT_EQ(marked(), QStringLiteral("Pose missed"));
  session().selection().selectNothing();
  window_->action("Quality Report")->trigger();
  EXPECT_EQ(marked(), QString());
}

TEST_F(ReportsTest, AClickOnAFoundContactMarksTheLineOfItsPartOrNone) {
  prompt(0, 300, "walk");
  GeneratedMotion result = generatedMotion(300, 3);
  auto motion = std::make_shared<Motion>();
  motion->resize(300);
  motion->contacts.assign(1200, 0);
  const auto stand = [&](int contact, std::int64_t from, std::int64_t to) {
    for (std::int64_t f = from; f < to; ++f) {
      motion->contacts[std::size_t(f * 4 + contact)] = 1;
    }
  };
  for (std::int64_t f = 0; f < 300; ++f) {
    motion->setPose(f, restPose(*motion->skeleton));
  }
  stand(0, 30, 60);
  stand(0, 200, 260);
  stand(1, 90, 150);
  stand(3, 90, 150);
  result.motion = motion;
  result.report.lines = {{true, "Left heel slides 2.0 cm", "", 40}, {true, "Left toes slide 1.8 cm", "", 110}, {false, "Pose kept", "", 120}};
  session().takes().add(makeTake(walkRequest(), std::move(result), nullptr, 1), true);
  settle();
  session().selection().selectNothing();
  click(view().foundRect(3, 0).center());
  EXPECT_EQ(session().selection().surface(), Selection::Surface::Take);
  EXPECT_EQ(marked(), QString()) << "nothing is said of the right toes";
  click(view().foundRect(1, 0).center());
  EXPECT_EQ(marked(), QStringLiteral("Left toes slide 1.8 cm"));
  click(view().foundRect(0, 0).center());
  EXPECT_EQ(marked(), QStringLiteral("Left heel slides 2.0 cm"));
  click(view().foundRect(0, 1).center());
  EXPECT_EQ(marked(), QString()) << "it slides another time";
}

TEST_F(ReportsTest, TheReasonsOfAFrameAreListedAsOneSaysThem) {
  GenerationRequest request = walkRequest();
  show({}, request);
  EXPECT_EQ(whyFrame(session(), at(60)), QStringLiteral("Frame 60 was made in take 1 from “walk forward”."));
  request.paths = {{{{Ticks{0}, {0, 0}, {}}, {ticksFromSeconds(10), {0, 10}, {}}}}};
  show({}, request);
  EXPECT_EQ(whyFrame(session(), at(60)), QStringLiteral("Frame 60 was made in take 1 from “walk forward” and the path."));
  request.texts.push_back({request.span, "wave"});
  show({}, request);
  EXPECT_EQ(whyFrame(session(), at(60)), QStringLiteral("Frame 60 was made in take 1 from “walk forward”, “wave” and the path."));
}

TEST_F(ReportsTest, PlacesAreFramesOfTheProjectAndOldReportsStayAsTheyWere) {
  setRate({24, 1});
  show({{true, "Left heel slides 1.8 cm, " + placeMark(FrameRange{60, 75}), "", 60},
        {true, placeMark(FrameRange{30, 60}) + " come from take 1", "At " + placeMark(ticksFromSeconds(2)) + ".", 30},
        {false, "Pose at 2.00 s kept", "", 60}});
  window_->action("Quality Report")->trigger();
  settle();
  const QStringList said = labelsOf(*find<QWidget>("inspector"));
  for (const char* words : {"Left heel slides 1.8 cm, frames 48 to 59", "Frames 24 to 47 come from take 1", "At frame 48.", "Pose at 2.00 s kept"}) {
    EXPECT_TRUE(said.contains(QString::fromUtf8(words))) << words << " | " << said.join(u'|').toStdString();
  }
  ExportDialog dialog(session());
  EXPECT_TRUE(labelsOf(dialog).contains(QStringLiteral("Left heel slides 1.8 cm, frames 48 to 59")));
}

TEST_F(ReportsTest, ASwipedTakeSpeaksOfWhatLiesInTheCopiedFrames) {
  prompt(0, 300, "walk");
  poseAt(150);
  generate();
  session().setSeed(9);
  generate();
  Q_EMIT view().takeOverWanted(QString::fromStdString(session().takes().takes().front()->id), at(120), at(180));
  ASSERT_TRUE(waitUntil([&] { return session().takes().takes().size() == 3; }));
  const auto& lines = session().takes().shown()->result.report.lines;
  const auto has = [&](const char* words) {
    return std::count_if(lines.begin(), lines.end(), [&](const ReportLine& l) { return l.sentence.find(words) != std::string::npos; });
  };
  EXPECT_EQ(has("come from take 1"), 1);
  EXPECT_EQ(has("pose") + has("Pose"), 1) << "frame 150 is take 1's";
  EXPECT_EQ(has("Joins are smooth") + has("The join at"), 1);
}

TEST_F(ReportsTest, TheExportsNotesKeepTheirHeightHoweverMany) {
  std::vector<ReportLine> lines;
  for (int i = 0; i < 14; ++i) lines.push_back({true, "Right hand 112.3 cm off its target, frame " + std::to_string(i), "Tolerance is 1 cm.", i});
  show(lines);
  ExportDialog dialog(session());
  dialog.show();
  settle();
  const QList<QLabel*> labels = dialog.findChild<QScrollArea*>(QStringLiteral("exportNotes"))->findChildren<QLabel*>();
  EXPECT_GT(labels.size(), 28);
  for (const QLabel* label : labels) {
    if (!label->text().isEmpty()) {
      EXPECT_GE(label->height(), label->heightForWidth(label->width())) << label->text().toStdString();
    }
  }
}

TEST_F(ReportsTest, WithoutATakeTheExportSaysWhatToDo) {
  prompt(0, 90, "walk");
  window_->action("Export")->trigger();
  EXPECT_TRUE(window_->errors().isVisible());
  EXPECT_TRUE(window_->errors().sentence().contains(QStringLiteral("no take to export")));
}

TEST_F(ReportsTest, TheExportSaysWhatIsNotGeneratedYet) {
  prompt(0, 120, "walk");
  generate();
  const auto note = [&] {
    ExportDialog dialog(session());
    return labelsOf(dialog).filter(QStringLiteral("not generated yet")).join(u'|');
  };
  EXPECT_EQ(note(), QString());
  prompt(150, 240, "sit down");
  EXPECT_EQ(note(), QStringLiteral("1 change is not generated yet; take 1 is exported as it is."));
  poseAt(250);
  EXPECT_EQ(note(), QStringLiteral("2 changes are not generated yet; take 1 is exported as it is."));
}

class PathGrowthTest : public ReportsTest {
 protected:
  /// Two metres in two seconds, the clip a little longer.
  ObjectId path(std::int64_t from = 0, std::int64_t to = 75) {
    return addTo(track(TrackKind::Path), {at(from), at(to)},
                 PathCondition{{{Ticks{0}, {0, 0}, {}}, {ticksFromSeconds(2), {0, 2}, {}}}});
  }
  const std::vector<PathPoint>& pointsOf(ObjectId id) { return std::get<PathCondition>(clip(id)->condition).points; }
};

TEST_F(PathGrowthTest, APointBehindTheEndGrowsTheClipAtThePaceOfThePath) {
  const ObjectId id = path();
  const int before = steps();
  addPathPoint(session(), id, {0, 5});
  ASSERT_EQ(pointsOf(id).size(), 3u);
  EXPECT_EQ(pointsOf(id)[1].time, ticksFromSeconds(2)) << "the others stay where they are";
  EXPECT_NEAR(secondsOf(pointsOf(id)[2].time), 5, 0.05);
  EXPECT_NEAR(double(framesOf(id).end), 151, 2);
  EXPECT_GT(spanOf(id).end, spanOf(id).start + pointsOf(id)[2].time);
  EXPECT_EQ(steps(), before + 1);
  undo();
  EXPECT_EQ(framesOf(id), (FrameRange{0, 75}));
}

TEST_F(PathGrowthTest, ItStopsAtTheNextClipAndAtTheEndOfTheProject) {
  const ObjectId first = path();
  const ObjectId second = path(120, 200);
  addPathPoint(session(), first, {0, 12});
  EXPECT_EQ(framesOf(first).end, 120);
  EXPECT_LT(secondsOf(pointsOf(first).back().time), 4);
  EXPECT_LT(pointsOf(first)[1].time, ticksFromSeconds(2)) << "no room for the pace: closer together";
  addPathPoint(session(), second, {0, 40});
  EXPECT_EQ(spanOf(second).end, session().timeline().settings().duration);
}

class SlidesTest : public ReportsTest {};

TEST_F(SlidesTest, OnlyTheFramesThatSlideAreHatched) {
  prompt(0, 300, "walk");
  GeneratedMotion result = generatedMotion(300, 3);
  auto motion = std::make_shared<Motion>();
  motion->resize(300);
  motion->contacts.assign(1200, 0);
  for (std::int64_t f = 0; f < 300; ++f) {
    Pose pose = restPose(*motion->skeleton);
    pose.rootPosition.z = 0.02f * float(std::clamp<std::int64_t>(f - 200, 0, 30));
    motion->setPose(f, pose);
    motion->contacts[std::size_t(f) * 4] = 1;
  }
  result.motion = motion;
  result.report.lines = footLines(walkRequest(), *motion);
  session().takes().add(makeTake(walkRequest(), std::move(result), nullptr, 1), true);
  settle();
  const QRect bar = view().foundRect(0, 0);
  ASSERT_GT(bar.width(), 100);
  const QImage picture = view().grab().toImage();
  const QColor plain = picture.pixelColor(view().xOf(at(50)), bar.center().y());
  const auto hatched = [&](std::int64_t from, std::int64_t to) {
    int other = 0;
    for (int x = xOf(from); x < xOf(to); ++x) {
      other += picture.pixelColor(x, bar.center().y()) != plain;
    }
    return other;
  };
  EXPECT_EQ(hatched(10, 190), 0);
  EXPECT_GT(hatched(201, 229), 3);
  EXPECT_EQ(hatched(240, 290), 0);
  // The report's own sentence is found by the part of the foot.
  click({xOf(215), bar.center().y()});
  EXPECT_TRUE(marked().startsWith(QStringLiteral("Left heel slides"))) << marked().toStdString();
}

}  // namespace
}  // namespace kinescore

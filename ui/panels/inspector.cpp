#include "ui/panels/inspector.h"

#include <QStackedWidget>

#include "ui/document/clip_library.h"
#include "ui/document/edit_commands.h"
#include "ui/document/report_words.h"
#include "ui/document/time_text.h"
#include "ui/panels/inspector_page.h"
#include "ui/panels/inspector_reference_clip.h"
#include "ui/panels/key_pages.h"
#include "ui/panels/media_page.h"
#include "ui/panels/path_page.h"
#include "ui/panels/text_page.h"
#include "ui/panels/sampling_settings.h"
#include "ui/theme/theme.h"
#include "ui/timeline/result_summary.h"
#include "ui/timeline/timeline_painter.h"
#include "ui/widgets/color_choice.h"
#include "ui/widgets/elided_label.h"

namespace kinescore {

void Inspector::offerReferences(bool offers) {
  referencesRow_->setVisible(offers);
  reference_->setHeard(offers);
}

void Inspector::offerSampling(bool offers) {
  for (SamplingSettings* sampling : samplings_) {
    sampling->offer(offers);
  }
}

void Inspector::setLibrary(const ClipLibrary* library) {
  library_ = library;
  reference_->setLibrary(library);
  text_->setLibrary(library);
  if (library != nullptr) {
    connect(library, &ClipLibrary::stateChanged, this, &Inspector::refresh);  // titles of clips
  }
}

Inspector::Inspector(Session& session, PromptHelp* help, QWidget* parent) : QWidget(parent), session_(session) {
  setObjectName(QStringLiteral("inspector"));
  const auto [column, header, row] = framePanel(this, 16, 8, 8);
  head_ = new QWidget(header);
  auto* head = new QHBoxLayout(head_);
  head->setContentsMargins(0, 0, 0, 0);
  head->setSpacing(8);
  headIcon_ = new QLabel(head_);
  headName_ = makeHeading({}, head_);
  headDetail_ = makeLabel({}, head_);
  headDetail_->setFont(numberFont(11));
  head->addWidget(headIcon_);
  head->addWidget(headName_);
  head->addWidget(headDetail_);
  head->addStretch();
  mute_ = makeIconButton(QStringLiteral("eye"), tr("Mute"), {}, head_);
  lock_ = makeIconButton(QStringLiteral("unlock"), tr("Lock"), {}, head_);
  head->addWidget(mute_);
  head->addWidget(lock_);
  row->addWidget(head_, 1);
  fold_ = makeIconButton(QStringLiteral("chevron-right"), tr("Fold the inspector"), {}, header);
  fold_->setObjectName(QStringLiteral("foldInspector"));
  row->addWidget(fold_);
  connect(fold_, &QToolButton::clicked, this, &Inspector::foldToggled);
  connect(mute_, &QToolButton::clicked, this, [this] {
    if (const auto now = firstClip()) {
      setSelectedClipsMuted(session_, !now->muted);
    }
  });
  connect(lock_, &QToolButton::clicked, this, [this] {
    if (const auto now = firstClip()) {
      setSelectedClipsLocked(session_, !now->locked);
    }
  });

  pages_ = new QStackedWidget(this);
  reference_ = new ReferenceClipPage(session, this);
  for (QWidget* page : {makeProjectPage(), makeManyPage(), makeTrackPage(), makeTimePage(), makeTakePage(), static_cast<QWidget*>(reference_)}) {
    pages_->addWidget(page);
  }
  makeClipPages(help);
  column->addWidget(pages_, 1);
  column->addStretch(0);  // below the folded header
  // What a drag of a number does is one step of the history.
  for (FieldLabel* label : pages_->findChildren<FieldLabel*>()) {
    connect(label, &FieldLabel::dragBegan, this, [this] { session_.document().beginStep(); });
    connect(label, &FieldLabel::dragEnded, this, [this](bool isKept) {
      session_.document().endStep(isKept);
      refresh();
    });
  }

  connect(&session.selection(), &Selection::changed, this, [this] {
    typing_ = kNoGesture;
    markedLine_.reset();
    for (ClipPage* page : clipPages_) {
      page->leave();
    }
    refresh();
  });
  connect(&session.document(), &TimelineDocument::changed, this, &Inspector::refresh);
  connect(&session.document(), &TimelineDocument::replaced, this, &Inspector::refresh);
  connect(&session.takes(), &TakeList::changed, this, &Inspector::refresh);
  connect(&session.takes(), &TakeList::shownChanged, this, [this] {
    // The take's page is that of what is on screen.
    if (session_.selection().surface() == Selection::Surface::Take && session_.takes().shown()) {
      session_.selection().selectTake(QString::fromStdString(session_.takes().shownId()));
    }
    refresh();
  });
  connect(&session, &Session::projectChanged, this, &Inspector::refresh);
  setFolded(false);
  refresh();
}

void Inspector::setFoldable(bool foldable) {
  isFoldable_ = foldable;
  setFolded(isFolded_);
}

void Inspector::setFolded(bool folded) {
  isFolded_ = folded;
  setFixedWidth(folded ? measure::kFoldedPanel : measure::kInspector);
  head_->parentWidget()->layout()->setContentsMargins(folded ? 8 : 16, 0, 8, 0);
  head_->setVisible(!folded);
  pages_->setVisible(!folded);
  fold_->setVisible(folded || isFoldable_);
  fold_->setIcon(icon(folded ? QStringLiteral("chevron-left") : QStringLiteral("chevron-right")));
  fold_->setToolTip(folded ? tr("Inspector") : tr("Fold the inspector"));
  fold_->setAccessibleName(fold_->toolTip());
}

std::shared_ptr<const Clip> Inspector::clip() const {
  const auto id = session_.selection().singleClip();
  return id ? session_.timeline().findClip(*id) : nullptr;
}

std::shared_ptr<const Clip> Inspector::firstClip() const {
  const auto& clips = session_.selection().clips();
  const bool isShown = session_.selection().surface() == Selection::Surface::Clips && !clips.empty();
  return isShown ? session_.timeline().findClip(*clips.begin()) : nullptr;
}

void Inspector::makeClipPages(PromptHelp* help) {
  text_ = new TextPage(session_, help, this);
  text_->addAtEnd(makeSeedAndQuality(text_));
  text_->addAtEnd(makeSampling(text_));
  clipPages_ = {text_,
                new AudioPage(session_, this),
                new VideoPage(session_, this),
                new PosePage(session_, this),
                new TargetPage(session_, this),
                new PathPage(session_, this),
                new ContactPage(session_, this)};
  for (ClipPage* page : clipPages_) {
    pages_->addWidget(page);
  }
}

void Inspector::setFileChooser(const FileChooser& chooser) {
  for (ClipPage* page : clipPages_) {
    page->setFileChooser(chooser);
  }
}

void Inspector::refresh() {
  if (isRefreshing_) {
    return;
  }
  isRefreshing_ = true;
  const FrameRate rate = session_.rate();
  const ColorTokens& t = tokens();
  const auto head = [&](const QString& iconName, const QColor& color, const QString& name, const QString& detail) {
    headIcon_->setPixmap(iconPixmap(iconName, color, 16, devicePixelRatioF()));
    headName_->setText(name);
    headDetail_->setText(detail);
  };
  const auto now = clip();
  const auto first = firstClip();
  mute_->setVisible(first != nullptr);
  lock_->setVisible(first != nullptr);
  if (first) {
    mute_->setIcon(icon(first->muted ? QStringLiteral("eye-off") : QStringLiteral("eye")));
    lock_->setIcon(icon(first->locked ? QStringLiteral("lock") : QStringLiteral("unlock")));
  }
  for (QLineEdit* seed : seeds_) {
    if (!seed->hasFocus()) {
      seed->setText(QString::number(session_.seed()));
    }
  }
  for (SegmentedChoice* quality : qualities_) {
    quality->setCurrent(int(session_.quality()));
  }
  for (SamplingSettings* sampling : samplings_) {
    sampling->refresh();
  }
  references_->setCurrent(session_.references());
  refreshDraft();
  switch (session_.selection().surface()) {
    case Selection::Surface::Clips:
      if (now) {
        refreshClip(*now);
      } else {
        const int count = int(session_.selection().clips().size());
        head(QStringLiteral("reference"), colorOf(t.t2), tr("%1 selected").arg(count), {});
        refreshMany();
      }
      break;
    case Selection::Surface::Track:
      if (const auto track = session_.timeline().findTrack(session_.selection().track())) {
        head(kindIcon(track->kind), kindColor(track->kind), tr("Track"), kindName(track->kind));
        if (!trackName_->hasFocus()) {
          trackName_->setText(QString::fromStdString(track->name));
        }
        trackHeight_->setCurrent(track->height);
        trackColor_->setKindColor(kindColor(track->kind));
        trackColor_->setCurrent(track->color);
        pages_->setCurrentIndex(ForTrack);
      }
      break;
    case Selection::Surface::Time:
      if (const auto& time = session_.selection().time()) {
        head(QStringLiteral("bolt"), colorOf(t.acc), tr("Time selection"),
             tr("%1 f").arg(nearestFrame(time->span().length(), rate)));
        for (FrameField* field : {holdStart_, holdEnd_, falloffIn_, falloffOut_}) {
          field->setRate(rate);
        }
        holdStart_->setFrame(nearestFrame(time->hold.start, rate));
        holdEnd_->setFrame(nearestFrame(time->hold.end, rate));
        falloffIn_->setFrame(nearestFrame(time->falloffIn, rate));
        falloffOut_->setFrame(nearestFrame(time->falloffOut, rate));
        const bool hasTake = session_.takes().shown() != nullptr;
        regenerateButton_->setEnabled(hasTake);
        lockedWords_->setText(hasTake
                                  ? tr("Regenerates %1 to %2, the rest stays as it is.")
                                        .arg(nearestFrame(time->span().start, rate))
                                        .arg(nearestFrame(time->span().end, rate) - 1)
                                  : tr("There is no take yet to change a part of; generate the whole first."));
        pages_->setCurrentIndex(ForTime);
      }
      break;
    case Selection::Surface::Take:
      if (const TakePointer take = session_.takes().find(session_.selection().takeId().toStdString())) {
        head(QStringLiteral("result"), colorOf(t.kResult), tr("Take %1").arg(take->number), takeExtentText(*take, rate));
        refreshTake();
        pages_->setCurrentIndex(ForTake);
        break;
      }
      [[fallthrough]];
    case Selection::Surface::Nothing: {
      head(QStringLiteral("folder"), colorOf(t.t2), tr("Project"), {});
      projectName_->setText(session_.name());
      const TimelineSettings& settings = session_.timeline().settings();
      rate_->setCurrentIndex(rateIndex(rate));
      duration_->setRate(rate);
      duration_->setFrame(nearestFrame(settings.duration, rate));
      projectFacts_->setText(tr("%1, %2 s, the engine's own figure (22 joints).")
                                 .arg(rateText(rate))
                                 .arg(secondsOf(settings.duration), 0, 'f', 1));
      pages_->setCurrentIndex(ForProject);
      break;
    }
  }
  isRefreshing_ = false;
}

void Inspector::refreshClip(const Clip& now) {
  const FrameRate rate = session_.rate();
  const auto track = session_.timeline().findTrack(now.trackId);
  const auto& siblings = session_.timeline().clipsOf(now.trackId);
  int place = 1;
  for (const auto& sibling : siblings) {
    if (sibling->id == now.id) {
      break;
    }
    ++place;
  }
  const TrackKind kind = track ? track->kind : TrackKind::Text;
  headIcon_->setPixmap(iconPixmap(kindIcon(kind), kindColor(kind), 16, devicePixelRatioF()));
  headDetail_->setText(tr("%1 of %2").arg(place).arg(siblings.size()));
  for (ClipPage* page : clipPages_) {
    if (page->isFor(now)) {
      headName_->setText(page->title());
      page->showClip(now);
      pages_->setCurrentWidget(page);
      return;
    }
  }
  if (std::holds_alternative<ReferenceCondition>(now.condition)) {
    headName_->setText(tr("Reference"));
    reference_->showClip(now, !now.locked && !(track && track->locked));
    pages_->setCurrentIndex(ForReference);
    return;
  }
  headName_->setText(kindName(kind));
  manyTimes_->hide();
  manyTexts_->hide();
  manyWords_->setText(tr("“%1”, frames %2 to %3.")
                          .arg(breakable(clipTitle(now)))
                          .arg(nearestFrame(now.span.start, rate))
                          .arg(nearestFrame(now.span.end, rate) - 1));
  pages_->setCurrentIndex(ForMany);
}

void Inspector::refreshTake() {
  const TakePointer take = session_.takes().find(session_.selection().takeId().toStdString());
  while (QLayoutItem* item = takeLines_->takeAt(0)) {
    if (item->widget() != nullptr) {
      item->widget()->deleteLater();
    }
    delete item;
  }
  const ColorTokens& t = tokens();
  const GeneratedMotion& result = take->result;
  const auto line = [&](const QString& iconName, const QColor& color, const QString& words, const QString& detail,
                        std::optional<std::int64_t> engineFrame) -> QWidget* {
    auto* box = new QWidget(takeBox_);
    auto* row = new QHBoxLayout(box);
    row->setContentsMargins(0, 4, 0, 4);
    row->setSpacing(8);
    auto* mark = new QLabel(box);
    mark->setPixmap(iconPixmap(iconName, color, 15, devicePixelRatioF()));
    auto* column = new QVBoxLayout;
    column->setObjectName(QStringLiteral("words"));
    column->setSpacing(0);
    auto* sentence = new QLabel(breakable(words), box);
    sentence->setProperty("kind", "value");
    sentence->setFont(numberFont(12));
    sentence->setWordWrap(true);
    column->addWidget(sentence);
    if (!detail.isEmpty()) {
      auto* small = makeLabel(breakable(detail), box);
      small->setFont(numberFont(11));
      small->setWordWrap(true);
      column->addWidget(small);
    }
    row->addWidget(mark, 0, Qt::AlignTop);
    row->addLayout(column, 1);
    if (engineFrame) {
      auto* show = makeLink(tr("Show"), box);
      const std::int64_t frame = nearestFrame(ticksOfFrame(*engineFrame, kEngineRate), session_.rate());
      connect(show, &QPushButton::clicked, this, [this, frame] { Q_EMIT goToFrame(frame); });
      row->addWidget(show, 0, Qt::AlignTop);
    }
    takeLines_->addWidget(box);
    return box;
  };
  markedBox_ = nullptr;
  int notes = 0;
  for (const ReportLine& entry : result.report.lines) {
    notes += entry.isNote;
  }
  auto* heading = makeHeading(notes == 0   ? tr("Quality report")
                              : notes == 1 ? tr("Quality report, 1 note")
                                           : tr("Quality report, %1 notes").arg(notes),
                              takeBox_);
  takeLines_->addWidget(heading);
  // What was missed comes first.
  for (const bool wanted : {true, false}) {
    for (const ReportLine& entry : result.report.lines) {
      if (entry.isNote == wanted) {
        QWidget* box = line(wanted ? QStringLiteral("warn") : QStringLiteral("check"), colorOf(wanted ? t.warn : t.ok),
                            reportWords(entry.sentence, session_.rate()), reportWords(entry.detail, session_.rate()),
                            wanted ? entry.engineFrame : std::nullopt);
        addFix(*box, *take, entry);
        if (markedLine_ == entry && markedBox_ == nullptr) {
          markedBox_ = box;
        }
      }
    }
  }
  showMarkedLine();
  addShownReferences(result.report.references);
  addDraftLink(take);
  if (!take->baseTakeId.empty() && take->range) {
    const TakePointer base = session_.takes().find(take->baseTakeId);
    QStringList hashes;
    std::int64_t untouched = 0;
    bool isSame = base != nullptr;
    for (const FrameRange run : {FrameRange{0, take->range->start},
                                 FrameRange{take->range->end, result.motion->frameCount()}}) {
      if (run.isEmpty()) {
        continue;
      }
      untouched += run.length();
      const std::string hash = identityHash(*result.motion, run);
      hashes << shortHash(hash);
      isSame = isSame && run.end <= base->result.motion->frameCount() &&
               hash == identityHash(*base->result.motion, run);
    }
    if (base && untouched > 0) {
      const std::int64_t frames = nearestFrame(ticksOfFrame(untouched, kEngineRate), session_.rate());
      line(isSame ? QStringLiteral("lock") : QStringLiteral("warn"), colorOf(isSame ? t.ok : t.warn),
           isSame ? tr("%1 frames identical to take %2").arg(frames).arg(base->number)
                  : tr("Frames outside differ from take %1").arg(base->number),
           tr("Proved by hash %1.").arg(hashes.join(tr(" and "))), std::nullopt);
    }
  }
  auto* record = makeHeading(tr("Record"), takeBox_);
  record->setContentsMargins(0, 10, 0, 2);
  takeLines_->addWidget(record);
  const auto fact = [&](const QString& name, const QString& value) {
    auto* box = new QWidget(takeBox_);
    auto* row = new QHBoxLayout(box);
    row->setContentsMargins(0, 1, 0, 1);
    row->addWidget(makeLabel(name, box));
    auto* words = new QLabel(value, box);
    words->setFont(numberFont(12));
    words->setTextInteractionFlags(Qt::TextSelectableByMouse);
    words->setWordWrap(true);
    words->setAlignment(Qt::AlignRight);
    row->addWidget(words, 1);
    takeLines_->addWidget(box);
  };
  fact(tr("Seed"), QString::number(take->request.seed));
  fact(tr("Quality"), QString::fromLatin1(nameOf(take->request.quality)));
  fact(tr("Made on"), QString::fromStdString(result.deviceName));
  fact(tr("Time taken"), tr("%1 s").arg(result.seconds, 0, 'f', 1));
  fact(tr("Model"), shortHash(result.modelHash));
  fact(tr("Motion"), shortHash(take->motionHash()));
}

}  // namespace kinescore

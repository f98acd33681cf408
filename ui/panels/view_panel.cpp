#include "ui/panels/view_panel.h"

#include <QMenu>
#include <glm/geometric.hpp>

#include "ui/document/clip_adding.h"
#include "ui/document/path_curve.h"
#include "ui/panels/path_map.h"
#include "ui/theme/theme.h"

namespace kinescore {
namespace {

constexpr float kOverlaidAlpha = 0.55f;
constexpr float kSideBySideMeters = 1.2f;
constexpr std::int64_t kOnionStep = 6;  // of the project's frames
constexpr int kOnionEachWay = 2;
constexpr float kPickMeters = 0.15f;  // a press this near to a path point takes it

QString nameOfView(ViewportView view) {
  switch (view) {
    case ViewportView::Perspective: return ViewPanel::tr("Perspective");
    case ViewportView::Front: return ViewPanel::tr("Front");
    case ViewportView::Side: return ViewPanel::tr("Side");
    case ViewportView::Top: return ViewPanel::tr("Top");
  }
  return {};
}

}  // namespace

ViewPanel::ViewPanel(Session& session, QWidget* parent) : QWidget(parent), session_(session) {
  const auto [column, header, row] = framePanel(this, 8, 8, 2);
  view_ = new QPushButton(header);
  view_->setProperty("kind", "flat");
  view_->setIcon(icon(QStringLiteral("chevron-down"), colorOf(tokens().t3)));
  view_->setIconSize({12, 12});
  view_->setLayoutDirection(Qt::RightToLeft);
  auto* views = new QMenu(view_);
  for (const ViewportView view : {ViewportView::Perspective, ViewportView::Front, ViewportView::Side, ViewportView::Top}) {
    views->addAction(nameOfView(view), this, [this, view] { viewport_->setView(view); });
  }
  views->addSeparator();
  const auto show = [&](const QString& name, auto isOn, auto set) {
    QAction* entry = views->addAction(name, this, [isOn, set] { set(!isOn()); });
    entry->setCheckable(true);
    connect(views, &QMenu::aboutToShow, entry, [entry, isOn] { entry->setChecked(isOn()); });
  };
  for (const auto& [look, name] : {std::pair{FigureLook::Skeleton, tr("Skeleton")}, {FigureLook::Mesh, tr("Mesh")}, {FigureLook::Both, tr("Both")}}) {
    show(name, [this, look = look] { return viewport_->figureLook() == look; }, [this, look = look](bool) { setFigureLook(look); });
  }
  show(tr("Onion skin"), [this] { return isOnion_; }, [this](bool on) { setOnion(on); });
  view_->setMenu(views);
  row->addWidget(view_);
  row->addSpacing(6);
  row->addWidget(makeSeparator(header));
  row->addSpacing(6);
  path_ = makeIconButton(QStringLiteral("path"), tr("Path tool: press on the floor"), tr("P"), header);
  path_->setCheckable(true);
  row->addWidget(path_);
  row->addStretch();
  const auto toggle = [&](const char* iconName, const QString& name, const QString& key) {
    QToolButton* button = makeIconButton(QLatin1String(iconName), name, key, header);
    button->setCheckable(true);
    button->setChecked(true);
    row->addWidget(button);
    return button;
  };
  follow_ = toggle("follow", tr("Follow character"), tr("Alt+F"));
  contacts_ = toggle("contact", tr("Contact colours"), tr("Alt+C"));
  ghosts_ = toggle("ghosts", tr("Ghosts of poses"), tr("G"));
  trail_ = toggle("trail", tr("Trail of the take"), tr("T"));
  errors_ = new ErrorBar(this);
  column->addWidget(errors_);
  viewport_ = new ViewportWidget(this);
  column->addWidget(viewport_, 1);

  connect(path_, &QToolButton::clicked, this, &ViewPanel::setPathTool);
  connect(follow_, &QToolButton::clicked, this, [this](bool on) { viewport_->setFollow(on); });
  connect(contacts_, &QToolButton::clicked, this, &ViewPanel::setContactColours);
  connect(ghosts_, &QToolButton::clicked, this, &ViewPanel::setGhosts);
  connect(trail_, &QToolButton::clicked, this, &ViewPanel::setTrail);
  connect(viewport_, &ViewportWidget::followChanged, follow_, &QToolButton::setChecked);
  connect(viewport_, &ViewportWidget::viewChanged, this, [this](ViewportView view) { view_->setText(nameOfView(view)); });
  connect(viewport_, &ViewportWidget::poseRequested, this, [this] { session_.pinPose(); });
  connect(viewport_, &ViewportWidget::ghostActivated, this, [this](int index) {
    if (index >= 0 && index < int(ghostClips_.size())) {
      if (const auto clip = session_.timeline().findClip(ghostClips_[std::size_t(index)])) {
        session_.playback().pause();
        session_.playback().seek(clip->span.start);
        session_.selection().selectClip(clip->id);
      }
    }
  });
  connect(viewport_, &ViewportWidget::availabilityChanged, this, [this](bool available) {
    if (!available) {
      errors_->showNote(tr("The 3D view is off: %1. Everything else works.").arg(viewport_->unavailableReason()));
    }
  });
  connect(viewport_, &ViewportWidget::floorPressed, this, [this](glm::vec2 at) {
    const auto id = session_.pathToEdit();
    const auto clip = id ? session_.timeline().findClip(*id) : nullptr;
    if (!clip) {
      return;
    }
    floorClip_ = *id;
    floorPoint_ = -1;
    const auto& points = std::get<PathCondition>(clip->condition).points;
    for (std::size_t i = 0; i < points.size(); ++i) {
      if (glm::length(points[i].position - at) < kPickMeters) {
        floorPoint_ = int(i);
      }
    }
    if (floorPoint_ < 0) {
      addPathPoint(session_, *id, at);
      const auto now = session_.timeline().findClip(*id);
      floorPoint_ = now ? int(std::get<PathCondition>(now->condition).points.size()) - 1 : -1;
    }
    floorGesture_ = std::make_unique<TimelineGesture>(session_.document(), tr("Move path point"));
  });
  connect(viewport_, &ViewportWidget::floorDragged, this, &ViewPanel::floorDrag);
  connect(viewport_, &ViewportWidget::floorReleased, this, [this](glm::vec2) { floorGesture_.reset(); });

  connect(&session.playback(), &Playback::positionChanged, this, &ViewPanel::showFrame);
  connect(&session.document(), &TimelineDocument::changed, this, [this] { showTimeline(); });
  connect(&session.document(), &TimelineDocument::replaced, this, [this] {
    showTimeline();
    showTake();
  });
  connect(&session.takes(), &TakeList::shownChanged, this, &ViewPanel::showTake);
  connect(&session, &Session::comparisonChanged, this, &ViewPanel::showFrame);
  connect(&session, &Session::previewChanged, this, &ViewPanel::showFrame);
  connect(&session.jobs(), &GenerationJobs::changed, this, [this] {
    showHints();
    showHud();
  });
  connect(&session.jobs(), &GenerationJobs::progressed, this, &ViewPanel::showHud);
  connect(&session.selection(), &Selection::changed, this, [this] {
    if (session_.selection().time() && !knowsTimeSelection_) {
      knowsTimeSelection_ = true;
      showHints();
    }
  });
  view_->setText(nameOfView(viewport_->view()));
  viewport_->setFollow(true);
  viewport_->setContactColours(true);
  if (!viewport_->isAvailable() && !viewport_->unavailableReason().isEmpty()) {
    errors_->showNote(tr("The 3D view is off: %1. Everything else works.").arg(viewport_->unavailableReason()));
  }
  showTimeline();
  showTake();
}

void ViewPanel::floorDrag(glm::vec2 to) {
  if (!floorGesture_ || floorPoint_ < 0) {
    return;
  }
  floorGesture_->update([&](const Timeline& start, IdSource&) -> Result<TimelinePatch> {
    const auto clip = start.findClip(floorClip_);
    auto* path = clip ? std::get_if<PathCondition>(&clip->condition) : nullptr;
    if (path == nullptr || floorPoint_ >= int(path->points.size())) {
      return Error{ErrorCode::NotFound, tr("The path is gone.").toStdString()};
    }
    Clip changed = *clip;
    std::get<PathCondition>(changed.condition).points[std::size_t(floorPoint_)].position = to;
    return changeClip(start, changed);
  });
}

void ViewPanel::setPathTool(bool on) {
  isPathTool_ = on;
  path_->setChecked(on);
  viewport_->setFloorTool(on);
  if (on) {
    session_.pathToEdit();
  }
  showHints();
  Q_EMIT switchesChanged();
}

void ViewPanel::setContactColours(bool on) {
  contacts_->setChecked(on);
  viewport_->setContactColours(on);
  Q_EMIT switchesChanged();
}

void ViewPanel::setGhosts(bool on) {
  ghosts_->setChecked(on);
  viewport_->setGhostsVisible(on);
  Q_EMIT switchesChanged();
}

void ViewPanel::setTrail(bool on) {
  trail_->setChecked(on);
  viewport_->setTrailVisible(on);
  Q_EMIT switchesChanged();
}

void ViewPanel::showFrame() {
  const Ticks now = session_.playback().position();
  ViewportContacts contacts{};
  const TakePointer take = session_.takes().shown();
  if (take) {
    const Motion& motion = *take->result.motion;
    const std::int64_t frame = std::min(frameAt(now, motion.rate), motion.frameCount() - 1);
    const std::size_t base = std::size_t(std::max<std::int64_t>(0, frame)) * contacts.size();
    for (std::size_t c = 0; c < contacts.size() && base + c < motion.contacts.size(); ++c) {
      contacts[c] = motion.contacts[base + c] != 0;
    }
  }
  showCompared(now);
  showOnion();
  viewport_->setPose(forwardKinematics(*kinescore22(), session_.poseAt(now)), contacts);
  frameShown_ = session_.playback().frame();
  showHud();
}

void ViewPanel::showOnion() {
  std::vector<ViewportOnion> skins;
  onionFrames_.clear();
  const TakePointer take = session_.takes().shown();
  const std::int64_t frames = isOnion_ && take ? frameAtOrAfter(take->result.motion->duration(), session_.rate()) : 0;
  for (int step = -kOnionEachWay; step <= kOnionEachWay; ++step) {
    const std::int64_t frame = session_.playback().frame() + step * kOnionStep;
    if (step == 0 || frame < 0 || frame >= frames) {
      continue;
    }
    const QString label = step < 0 ? QStringLiteral("−%1").arg(-step * kOnionStep) : QStringLiteral("+%1").arg(step * kOnionStep);
    skins.push_back({forwardKinematics(*kinescore22(), session_.poseAt(ticksOfFrame(frame, session_.rate()))), label, step > 0});
    onionFrames_.push_back(frame);
  }
  viewport_->setOnion(std::move(skins));
}

void ViewPanel::setOnion(bool on) {
  isOnion_ = on;
  showOnion();
  Q_EMIT switchesChanged();
}

void ViewPanel::setFigureLook(FigureLook look) {
  viewport_->setFigureLook(look);
  Q_EMIT switchesChanged();
}

void ViewPanel::showHud() {
  const TakePointer take = session_.takes().shown();
  const FrameRate rate = session_.rate();
  const std::int64_t frame = session_.playback().frame();
  const std::int64_t frames = frameAtOrAfter(session_.timeline().settings().duration, rate);
  QString line;
  if (session_.jobs().isBusy()) {
    const GenerationJob& job = session_.jobs().jobs().front();
    line = job.progress.steps > 0
               ? tr("Take %1, %2 %").arg(job.takeNumber).arg(int(job.progress.fraction * 100))
               : tr("Take %1").arg(job.takeNumber);
  } else if (session_.preview()) {
    line = tr("Preview, draft");
  } else if (take) {
    line = tr("Take %1").arg(take->number);
  }
  viewport_->setHud(frame, frames, timecodeOf(frame, rate), line);
}

void ViewPanel::showCompared(Ticks now) {
  const TakePointer other = session_.comparedTake();
  if (other == nullptr) {
    viewport_->setCompared(std::nullopt);
    return;
  }
  ViewportCompared compared;
  compared.pose = forwardKinematics(*kinescore22(), evaluate(*other->result.motion, now));
  compared.colour = takeColor(other->number);
  compared.label = tr("Take %1").arg(other->number);
  compared.ownLabel = tr("Take %1").arg(session_.takes().shown()->number);
  compared.ownColour = takeColor(session_.takes().shown()->number);
  if (session_.comparison()->mode == TakeComparison::Mode::Overlaid) {
    compared.alpha = kOverlaidAlpha;
  } else {
    for (glm::vec3& place : compared.pose.positions) {
      place.x += kSideBySideMeters;
    }
  }
  viewport_->setCompared(std::move(compared));
}

void ViewPanel::showTimeline() {
  std::vector<ViewportGhost> ghosts;
  ghostClips_.clear();
  std::vector<glm::vec3> curve, keys;
  for (const auto& track : session_.timeline().tracks()) {
    if (!session_.timeline().isAudible(*track)) {
      continue;
    }
    for (const auto& clip : session_.timeline().clipsOf(track->id)) {
      if (clip->muted) {
        continue;
      }
      if (const auto* key = std::get_if<PoseCondition>(&clip->condition)) {
        const std::int64_t frame = nearestFrame(clip->span.start, session_.rate());
        ghosts.push_back({forwardKinematics(*kinescore22(), key->pose), tr("Pose @ %1").arg(frame)});
        ghostClips_.push_back(clip->id);
      } else if (const auto* target = std::get_if<TargetCondition>(&clip->condition)) {
        const std::int64_t frame = nearestFrame(clip->span.start, session_.rate());
        ghosts.push_back({{}, tr("%1 @ %2").arg(jointName(target->joint)).arg(frame), target->position});
        ghostClips_.push_back(clip->id);
      } else if (const auto* path = std::get_if<PathCondition>(&clip->condition); path && curve.empty()) {
        for (const glm::vec2& p : samplePath(path->points, 12)) {
          curve.emplace_back(p.x, 0.f, p.y);
        }
        for (const PathPoint& point : path->points) {
          keys.emplace_back(point.position.x, 0.f, point.position.y);
        }
      }
    }
  }
  viewport_->setGhosts(std::move(ghosts));
  viewport_->setPath(std::move(curve), std::move(keys));
  showHints();
  showFrame();
}

void ViewPanel::showTake() {
  std::vector<glm::vec3> trail;
  if (const TakePointer take = session_.takes().shown()) {
    trail.reserve(take->result.motion->rootPositions.size());
    for (const glm::vec3& root : take->result.motion->rootPositions) {
      trail.emplace_back(root.x, 0.005f, root.z);
    }
  }
  viewport_->setTrail(std::move(trail));
  showHints();
  showFrame();
}

void ViewPanel::setMayGenerate(bool mayGenerate) {
  if (mayGenerate_ != mayGenerate) {
    mayGenerate_ = mayGenerate;
    showHints();
  }
}

void ViewPanel::showHints() {
  QString hint;
  if (isPathTool_) {
    hint = tr("Press on the floor to add a point, drag a ring to move it. P ends the tool.");
  } else if (!session_.takes().shown() && !session_.jobs().isBusy() && mayGenerate_) {
    hint = tr("Ctrl+Enter performs the timeline.");
  } else if (session_.takes().takes().size() == 1 && !knowsTimeSelection_) {
    hint = tr("Drag over the ruler to select the part you do not like, then Ctrl+Shift+Enter.");
  }
  viewport_->setHint(hint);
}

}  // namespace kinescore

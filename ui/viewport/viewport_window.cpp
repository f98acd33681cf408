#include "ui/viewport/viewport_window.h"

#include <algorithm>
#include <cassert>
#include <optional>

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QKeyEvent>
#include <QLabel>
#include <QMouseEvent>
#include <QStackedLayout>
#include <QTimer>
#include <QWheelEvent>

#include "ui/theme/tokens.h"
#include "ui/viewport/camera_control.h"
#include "ui/viewport/viewport_scene.h"
#include "ui/viewport/viewport_surface.h"

namespace kinescore {
namespace {

constexpr int kLeastWidth = 200;
constexpr int kLeastHeight = 150;
constexpr int kFollowTick = 16;  // milliseconds
/// A lost surface is replaced this often; then the view gives up.
constexpr int kMostRebirths = 2;

}  // namespace

class ViewportWidget::Private {
 public:
  explicit Private(ViewportWidget* widget) : q(widget) {
    layout = new QStackedLayout(q);
    apology = new QLabel(q);
    apology->setAlignment(Qt::AlignCenter);
    apology->setWordWrap(true);
    apology->setMargin(24);
    apology->setStyleSheet(QStringLiteral("background:%1; color:%2;")
                               .arg(colorOf(kDarkTokens.s1).name(), colorOf(kDarkTokens.t2).name()));
    layout->addWidget(apology);
    q->setMinimumSize(kLeastWidth, kLeastHeight);
    q->setFocusPolicy(Qt::StrongFocus);
    followTimer.setInterval(kFollowTick);
    QObject::connect(&followTimer, &QTimer::timeout, q, [this] { stepFollow(); });
    open();
  }

  void open() {
    QString why;
    std::unique_ptr<ViewportSurface> made = ViewportSurface::create(why);
    if (!made) {
      giveUp(why);
      return;
    }
    surface = made.release();  // the container below owns it
    surface->setInputHandler([this](QEvent* event) { return handle(event); });
    QObject::connect(surface, &ViewportSurface::sceneWanted, q, [this] { post(); });
    QObject::connect(surface, &ViewportSurface::started, q, [this](const QString& name) {
      device = name;
      Q_EMIT q->availabilityChanged(true);
    });
    // Queued: reopening deletes the surface that is just speaking.
    QObject::connect(
        surface, &ViewportSurface::failed, q, [this](const QString& lost) { reopen(lost); }, Qt::QueuedConnection);
    container = QWidget::createWindowContainer(surface, q);
    container->setFocusPolicy(Qt::StrongFocus);
    q->setFocusProxy(container);
    layout->addWidget(container);
    layout->setCurrentWidget(container);
  }

  void reopen(const QString& why) {
    closeSurface();
    if (rebirths++ < kMostRebirths) {
      open();
    } else {
      giveUp(why);
    }
  }

  void closeSurface() {
    if (!container) return;
    q->setFocusProxy(nullptr);
    layout->removeWidget(container);
    delete container;  // and the surface with it
    container = nullptr;
    surface = nullptr;
    device.clear();
  }

  void giveUp(const QString& why) {
    reason = why;
    apology->setText(QCoreApplication::translate(
                         "ViewportWidget",
                         "The 3D view needs Vulkan, which is not available here: %1. Everything else works.")
                         .arg(why));
    layout->setCurrentWidget(apology);
    Q_EMIT q->availabilityChanged(false);
  }

  /// Any number of changes within one turn of the event loop make one scene.
  void post() {
    if (posted || !surface) return;
    posted = true;
    QMetaObject::invokeMethod(q, [this] { send(); }, Qt::QueuedConnection);
  }

  void send() {
    posted = false;
    if (!surface || surface->width() <= 0 || surface->height() <= 0) return;
    surface->show3d(scene.build(control.camera(), surface->size(), surface->devicePixelRatio()));
  }

  [[nodiscard]] glm::vec3 figurePlace() const { return scene.pose.positions.front(); }

  void stepFollow() {
    const float seconds = sinceFollow.isValid() ? float(sinceFollow.restart()) * 1e-3f : 0.0f;
    if (!sinceFollow.isValid()) sinceFollow.start();
    if (following && control.follow(figurePlace(), std::clamp(seconds, 0.001f, 0.1f))) post();
    if (!following || !control.isCatchingUp()) {
      followTimer.stop();
      sinceFollow.invalidate();
    }
  }

  void wakeFollow() {
    if (following && surface && !followTimer.isActive()) followTimer.start();
  }

  void setView(ViewportView wanted) {
    view = wanted;
    control.camera().setView(render::CameraView(int(wanted)));
    post();
    Q_EMIT q->viewChanged(view);
  }

  bool handle(QEvent* event) {
    switch (event->type()) {
      case QEvent::MouseButtonPress: return pressed(*static_cast<QMouseEvent*>(event));
      case QEvent::MouseMove: return moved(*static_cast<QMouseEvent*>(event));
      case QEvent::MouseButtonRelease: return released(*static_cast<QMouseEvent*>(event));
      case QEvent::Wheel:
        control.wheel(static_cast<QWheelEvent*>(event)->angleDelta().y());
        post();
        return true;
      case QEvent::KeyPress: return key(*static_cast<QKeyEvent*>(event));
      default: return false;
    }
  }

  std::optional<glm::vec2> floorUnder(QPointF pixel) const {
    const auto floor = control.camera().floorUnder({float(pixel.x()), float(pixel.y())},
                                                   {float(surface->width()), float(surface->height())});
    if (!floor) return std::nullopt;
    return glm::vec2(floor->x, floor->z);
  }

  bool pressed(const QMouseEvent& event) {
    container->setFocus(Qt::MouseFocusReason);
    if (floorTool && event.button() == Qt::LeftButton && !(event.modifiers() & Qt::AltModifier)) {
      if (const auto floor = floorUnder(event.position())) {
        drawing = true;
        Q_EMIT q->floorPressed(*floor);
      }
      return true;
    }
    return control.press(event.button(), event.modifiers(), event.position());
  }

  bool moved(const QMouseEvent& event) {
    if (drawing) {
      if (const auto floor = floorUnder(event.position())) Q_EMIT q->floorDragged(*floor);
      return true;
    }
    const bool straight = control.camera().orthographic;
    if (!control.move(event.position(), float(surface->height()))) return false;
    if (straight && !control.camera().orthographic) {
      view = ViewportView::Perspective;
      Q_EMIT q->viewChanged(view);
    }
    post();
    return true;
  }

  bool released(const QMouseEvent& event) {
    if (drawing) {
      drawing = false;
      const auto floor = floorUnder(event.position());
      Q_EMIT q->floorReleased(floor.value_or(glm::vec2(0.0f)));
      return true;
    }
    if (control.release() && event.button() == Qt::LeftButton) {
      if (const auto ghost = scene.ghostAt(control.camera(), event.position(), surface->size())) {
        Q_EMIT q->ghostActivated(*ghost);
      }
    }
    return true;
  }

  /// Keys of the view itself; every other one goes on to the window.
  bool key(QKeyEvent& event) {
    if (event.modifiers() == Qt::NoModifier || event.modifiers() == Qt::KeypadModifier) {
      switch (event.key()) {
        case Qt::Key_F: q->frameFigure(); return true;
        case Qt::Key_1: setView(ViewportView::Perspective); return true;
        case Qt::Key_2: setView(ViewportView::Front); return true;
        case Qt::Key_3: setView(ViewportView::Side); return true;
        case Qt::Key_4: setView(ViewportView::Top); return true;
        case Qt::Key_Home: q->resetView(); return true;
        case Qt::Key_S: Q_EMIT q->poseRequested(); return true;
        default: break;
      }
    }
    if (event.modifiers() == Qt::AltModifier && event.key() == Qt::Key_Home) {
      q->resetView();
      return true;
    }
    QWidget* const window = q->window();
    if (window == q) return false;
    QKeyEvent copy(event.type(), event.key(), event.modifiers(), event.text(), event.isAutoRepeat());
    QCoreApplication::sendEvent(window, &copy);
    return copy.isAccepted();
  }

  ViewportWidget* q;
  QStackedLayout* layout = nullptr;
  QLabel* apology = nullptr;
  ViewportSurface* surface = nullptr;
  QWidget* container = nullptr;
  QString reason;
  QString device;
  int rebirths = 0;
  bool posted = false;
  ViewportScene scene;
  CameraControl control;
  ViewportView view = ViewportView::Perspective;
  bool following = true;
  bool floorTool = false;
  bool drawing = false;
  QTimer followTimer;
  QElapsedTimer sinceFollow;
};

ViewportWidget::ViewportWidget(QWidget* parent) : QWidget(parent), d_(std::make_unique<Private>(this)) {}
ViewportWidget::~ViewportWidget() { d_->closeSurface(); }

bool ViewportWidget::isAvailable() const { return d_->reason.isEmpty(); }
QString ViewportWidget::unavailableReason() const { return d_->reason; }
QString ViewportWidget::deviceName() const { return d_->device; }

void ViewportWidget::setPose(const WorldPose& pose, const ViewportContacts& contacts) {
  assert(pose.positions.size() == kJointCount22 && pose.rotations.size() == kJointCount22);
  d_->scene.pose = pose;
  d_->scene.contacts = contacts;
  d_->wakeFollow();
  d_->post();
}

void ViewportWidget::setGhosts(std::vector<ViewportGhost> ghosts) {
  d_->scene.ghosts = std::move(ghosts);
  d_->post();
}

void ViewportWidget::setCompared(std::optional<ViewportCompared> compared) {
  if (compared || d_->scene.compared) {
    d_->scene.compared = std::move(compared);
    d_->post();
  }
}

void ViewportWidget::setOnion(std::vector<ViewportOnion> onion) {
  if (!onion.empty() || !d_->scene.onion.empty()) {
    d_->scene.onion = std::move(onion);
    d_->post();
  }
}

void ViewportWidget::setFigureLook(FigureLook look) {
  d_->scene.look = look;
  d_->post();
}

FigureLook ViewportWidget::figureLook() const { return d_->scene.look; }

void ViewportWidget::setPath(std::vector<glm::vec3> points, std::vector<glm::vec3> keys) {
  d_->scene.path = std::move(points);
  d_->scene.pathKeys = std::move(keys);
  d_->post();
}

void ViewportWidget::setTrail(std::vector<glm::vec3> points) {
  d_->scene.trail = std::move(points);
  d_->post();
}

void ViewportWidget::setHud(std::int64_t frame, std::int64_t frames, const QString& timecode,
                            const QString& line) {
  d_->scene.hud = {frame, frames, timecode, line};
  d_->scene.hasHud = true;
  d_->post();
}

void ViewportWidget::setHint(const QString& hint) {
  d_->scene.hint = hint;
  d_->post();
}

void ViewportWidget::setFollow(bool follow) {
  if (d_->following == follow) return;
  d_->following = follow;
  d_->wakeFollow();
  Q_EMIT followChanged(follow);
}

bool ViewportWidget::follow() const { return d_->following; }

void ViewportWidget::setView(ViewportView view) { d_->setView(view); }
ViewportView ViewportWidget::view() const { return d_->view; }

void ViewportWidget::setContactColours(bool on) {
  d_->scene.contactColours = on;
  d_->post();
}

void ViewportWidget::setGhostsVisible(bool visible) {
  d_->scene.ghostsVisible = visible;
  d_->post();
}

void ViewportWidget::setTrailVisible(bool visible) {
  d_->scene.trailVisible = visible;
  d_->post();
}

void ViewportWidget::frameFigure() {
  const float aspect = height() > 0 ? float(width()) / float(height()) : 1.0f;
  d_->control.camera().frame(d_->scene.figureBounds(), aspect);
  d_->post();
}

void ViewportWidget::resetView() {
  const glm::vec3 place = d_->figurePlace();
  render::Camera start;
  start.target = {place.x, start.target.y, place.z};
  d_->control.camera() = start;
  d_->setView(ViewportView::Perspective);
}

void ViewportWidget::setFloorTool(bool on) {
  d_->floorTool = on;
  d_->drawing = false;
  if (d_->surface) d_->surface->setCursor(on ? Qt::CrossCursor : Qt::ArrowCursor);
}

}  // namespace kinescore

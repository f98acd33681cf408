#include "render/presenter.h"  // first: it brings Vulkan in without its prototypes

#include "ui/viewport/viewport_surface.h"

#include <QGuiApplication>
#include <QMetaObject>
#include <QPlatformSurfaceEvent>
#include <QVulkanInstance>

namespace kinescore {

class ViewportSurface::Private {
 public:
  std::shared_ptr<render::Instance> instance;
  QVulkanInstance qtInstance;
  std::unique_ptr<render::Presenter> presenter;
  std::function<bool(QEvent*)> inputHandler;
  bool gaveUp = false;
};

std::unique_ptr<ViewportSurface> ViewportSurface::create(QString& reason) {
  const QString windows = QGuiApplication::platformName();
  if (!windows.startsWith(QLatin1String("xcb")) && !windows.startsWith(QLatin1String("wayland"))) {
    reason = tr("windows of the kind “%1” cannot show it").arg(windows);
    return nullptr;
  }
  render::InstanceOptions options;
  options.validation = qEnvironmentVariableIntValue("KINESCORE_VULKAN_VALIDATION") > 0;
  auto instance = render::Instance::create(options);
  if (!instance) {
    reason = QString::fromStdString(instance.error().message);
    return nullptr;
  }
  // A look for a device now, so that the sentence is there before the window is.
  if (Status found = render::Device::look(**instance); !found) {
    reason = QString::fromStdString(found.error().message);
    return nullptr;
  }
  auto d = std::make_unique<Private>();
  d->instance = *instance;
  d->qtInstance.setVkInstance((*instance)->handle());
  if (!d->qtInstance.create()) {
    reason = tr("this window system has no surface for it");
    return nullptr;
  }
  return std::unique_ptr<ViewportSurface>(new ViewportSurface(std::move(d)));
}

ViewportSurface::ViewportSurface(std::unique_ptr<Private> d) : d_(std::move(d)) {
  setSurfaceType(QSurface::VulkanSurface);
  setVulkanInstance(&d_->qtInstance);
}

ViewportSurface::~ViewportSurface() {
  d_->presenter.reset();
  destroy();  // the platform's surface goes before the Vulkan instance does
}

void ViewportSurface::show3d(const render::Scene& scene) {
  if (!d_->presenter) return;
  const QSize pixels = size() * devicePixelRatio();
  d_->presenter->show(scene, pixels.width(), pixels.height());
}

void ViewportSurface::setInputHandler(std::function<bool(QEvent*)> handler) {
  d_->inputHandler = std::move(handler);
}

void ViewportSurface::exposeEvent(QExposeEvent*) {
  if (!isExposed() || d_->gaveUp) return;
  if (!d_->presenter) {
    const VkSurfaceKHR surface = QVulkanInstance::surfaceForWindow(this);
    if (surface == VK_NULL_HANDLE) {
      d_->gaveUp = true;
      Q_EMIT failed(tr("the window gave no surface for it"));
      return;
    }
    render::Presenter::Events events;
    events.started = [this](const std::string& name) {
      QMetaObject::invokeMethod(
          this, [this, name] { Q_EMIT started(QString::fromStdString(name)); }, Qt::QueuedConnection);
    };
    events.failed = [this](const Error& error) {
      QMetaObject::invokeMethod(
          this,
          [this, message = QString::fromStdString(error.message)] {
            d_->gaveUp = true;
            d_->presenter.reset();
            Q_EMIT failed(message);
          },
          Qt::QueuedConnection);
    };
    d_->presenter = std::make_unique<render::Presenter>(d_->instance, surface, std::move(events));
  }
  Q_EMIT sceneWanted();
}

void ViewportSurface::resizeEvent(QResizeEvent*) {
  if (isExposed()) Q_EMIT sceneWanted();
}

bool ViewportSurface::event(QEvent* event) {
  switch (event->type()) {
    case QEvent::PlatformSurface:
      // Moving a dock to another window destroys the native window under us.
      if (static_cast<QPlatformSurfaceEvent*>(event)->surfaceEventType() ==
          QPlatformSurfaceEvent::SurfaceAboutToBeDestroyed) {
        d_->presenter.reset();
      }
      break;
    case QEvent::MouseButtonPress:
    case QEvent::MouseButtonRelease:
    case QEvent::MouseButtonDblClick:
    case QEvent::MouseMove:
    case QEvent::Wheel:
    case QEvent::KeyPress:
    case QEvent::KeyRelease:
      if (d_->inputHandler && d_->inputHandler(event)) return true;
      break;
    default: break;
  }
  return QWindow::event(event);
}

}  // namespace kinescore

/* Makes a chosen photo small before it is sent (1600 px, about 200 kB), so that it passes a weak line, and shows how far the
   sending is. Only an improvement: without it, or when anything here fails, the form sends the photo as it is. */
(function () {
  "use strict";
  var LONGEST = 1600, ENOUGH = 200 * 1024;

  function drawn(file) {
    return createImageBitmap(file, { imageOrientation: "from-image" }).then(function (picture) {
      var scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
      var canvas = document.createElement("canvas");
      canvas.width = Math.max(1, Math.round(picture.width * scale));
      canvas.height = Math.max(1, Math.round(picture.height * scale));
      var brush = canvas.getContext("2d");
      brush.fillStyle = "#fff";
      brush.fillRect(0, 0, canvas.width, canvas.height);
      brush.drawImage(picture, 0, 0, canvas.width, canvas.height);
      return canvas;
    });
  }

  function encoded(canvas, quality) {
    return new Promise(function (done, refuse) {
      canvas.toBlob(function (blob) {
        if (!blob) { refuse(new Error("no picture")); }
        else { done(blob.size > ENOUGH && quality > 0.45 ? encoded(canvas, quality - 0.1) : blob); }
      }, "image/jpeg", quality);
    });
  }

  function smaller(file) {
    if (file.size <= ENOUGH) { return file; }
    return drawn(file).then(function (canvas) { return encoded(canvas, 0.82); }).then(function (blob) {
      var name = file.name.replace(/\.\w+$/, "") + ".jpg";
      return blob.size < file.size ? new File([blob], name, { type: "image/jpeg" }) : file;
    }).catch(function () { return file; });
  }

  function prepare(input) {
    var form = input.form, words = input.dataset, busy = Promise.resolve(), sending = false;
    var told = document.createElement("p"), bar = document.createElement("progress");
    told.className = "hint";
    told.setAttribute("role", "status");
    bar.className = "progress";
    bar.setAttribute("aria-label", words.sending);
    input.after(told);

    input.addEventListener("change", function () {
      told.textContent = input.files.length ? words.shrink : "";
      busy = Promise.all(Array.from(input.files, smaller)).then(function (files) {
        var carrier = new DataTransfer(), size = 0;
        files.forEach(function (file) { carrier.items.add(file); size += file.size; });
        input.files = carrier.files;
        told.textContent = size ? words.ready + " (" + Math.ceil(size / 1024) + " kB)" : "";
      });
    });

    form.addEventListener("submit", function (event) {
      if (!input.files.length) { return; }
      event.preventDefault();
      if (sending) { return; }
      sending = true;
      busy.then(function () {
        var pressed = event.submitter, content = new FormData(form), request = new XMLHttpRequest();
        if (pressed && pressed.name) { content.append(pressed.name, pressed.value); }
        told.after(bar);
        request.open("POST", (pressed && pressed.getAttribute("formaction")) || form.action);
        request.upload.onprogress = function (at) {
          bar.value = at.loaded / at.total;
          told.textContent = words.sending + " " + Math.round(100 * bar.value) + "%";
        };
        request.onload = function () {
          if (request.status < 400) { location.assign(request.responseURL); return; }
          document.open();
          document.write(request.responseText);
          document.close();
        };
        request.onerror = function () {
          sending = false;
          bar.remove();
          told.textContent = words.failed;
        };
        request.send(content);
      });
    });
  }

  if (window.createImageBitmap && window.DataTransfer) {
    document.querySelectorAll("input[data-shrink]").forEach(prepare);
  }
})();

"""A convolutional network learns hand-written digits while one watches and turns its knobs."""
#@IVISIT:SIMULATION     & digits_network
#@IVISIT:DICTSLIDER     & Learning & [200,20,-1,2,10] & learning & 0
#@IVISIT:DICTSLIDERITEM & rate     & [0,1,5,0.01]  & rate     & float & 0.2
#@IVISIT:DICTSLIDERITEM & momentum & [0,0.99,3,0.01] & momentum & float & 0.8
#@IVISIT:DICTSLIDERITEM & batch    & [1,200,4,1]   & batch    & int   & 64.0
#@IVISIT:SLIDER         & Example  & [200,1] & [0,296,4,1] & example & -1 & int & 7
#@IVISIT:BUTTON         & Forget   & [<,Forget all] & btn_forget
#@IVISIT:IMAGE          & Digit    & 12.0 & [0,16]  & im_digit & float
#@IVISIT:IMAGE          & Filters  & 12.0 & [0,255] & im_filters & int
#@IVISIT:IMAGE          & Error    & 1.0  & [0,255] & im_error & int
#@IVISIT:TEXT_OUT       & Result   & [30,4] & just_left & str_result
import os
import numpy as np
import ivisit as iv
from ivisit.special import *

N_TRAIN, N_FILTERS, WIDTH = 1500, 8, 200
FOLDER = os.path.dirname(os.path.abspath(__file__))


def load_digits():
    """Return pictures (n, 8, 8) with values 0 .. 1, and labels, of the digits that are shipped."""
    name = os.path.join('data', 'digits.npz')
    folder = FOLDER
    while not os.path.isfile(os.path.join(folder, name)):
        if folder == os.path.dirname(folder):
            raise IOError('%s is neither in %s nor in a folder above it' % (name, FOLDER))
        folder = os.path.dirname(folder)
    archive = np.load(os.path.join(folder, name))
    return archive['images'] / 16.0, archive['labels'].astype(int)


class Network:
    """3x3 filters, rectification, mean over 2x2, and a layer of 10 units with softmax."""

    def __init__(self):
        self.filters = np.random.normal(0, 0.3, (N_FILTERS, 9))
        self.weights = np.random.normal(0, 0.1, (N_FILTERS * 9, 10))
        self.velocity = [0.0, 0.0]

    def forward(self, pictures):
        windows = np.lib.stride_tricks.sliding_window_view(pictures, (3, 3), axis=(1, 2))
        self.patches = windows.reshape(len(pictures), 36, 9)
        self.responses = self.patches @ self.filters.T
        positive = np.maximum(self.responses, 0).reshape(-1, 3, 2, 3, 2, N_FILTERS)
        self.features = positive.mean(axis=(2, 4)).reshape(len(pictures), -1)
        scores = self.features @ self.weights
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        return scores / scores.sum(axis=1, keepdims=True)

    def learn(self, pictures, labels, rate, momentum):
        """Follow the gradient of the cross entropy; return the mean error."""
        probabilities = self.forward(pictures)
        delta = probabilities - np.eye(10)[labels]
        gradient_weights = self.features.T @ delta / len(labels)
        back = (delta @ self.weights.T).reshape(-1, 3, 1, 3, 1, N_FILTERS) / 4.0
        back = np.broadcast_to(back, (len(labels), 3, 2, 3, 2, N_FILTERS))
        back = back.reshape(len(labels), 36, N_FILTERS) * (self.responses > 0)
        gradient_filters = np.einsum('npf,npk->fk', back, self.patches) / len(labels)
        for i, gradient in enumerate((gradient_filters, gradient_weights)):
            self.velocity[i] = momentum * self.velocity[i] - rate * gradient
        self.filters += self.velocity[0]
        self.weights += self.velocity[1]
        return -np.log(probabilities[np.arange(len(labels)), labels] + 1e-12).mean()


class SimParameters(iv.IVisit_Parameters):
    learning = {'rate': 0.1, 'momentum': 0.0, 'batch': 32}
    example = 0
    btn_forget = '0'


class SimData(iv.IVisit_Data):
    im_digit = np.zeros((8, 8))
    im_filters = np.zeros((7, 15))
    im_error = np.zeros((100, WIDTH), 'uint8')
    str_result = '-'


class Digits(iv.IVisit_Simulation):
    def __init__(self):
        iv.IVisit_Simulation.__init__(self, 'digits_network', SimParameters, SimData)

    def main_init(self, parent=None):
        iv.IVisit_Simulation.main_init(self, parent)
        pictures, labels = load_digits()
        self.train = pictures[:N_TRAIN], labels[:N_TRAIN]
        self.test = pictures[N_TRAIN:], labels[N_TRAIN:]

    def init(self):
        self.network = Network()
        self.n_updates = 0
        self.scope = SimpleScope(WIDTH, 100, 0, WIDTH, 0, 3)

    def step(self):
        p, d = self.parameters, self.data
        if p.btn_forget == '1':
            self.network = Network()
        chosen = np.random.randint(0, N_TRAIN, p.learning['batch'])
        error = self.network.learn(self.train[0][chosen], self.train[1][chosen],
                                   p.learning['rate'], p.learning['momentum'])
        self.n_updates += 1
        self.scope.set_data(self.n_updates, [0.0], [min(error, 2.99)], [255])
        guesses = self.network.forward(self.test[0]).argmax(axis=1)
        self.show(p, d, guesses, error)

    def show(self, p, d, guesses, error):
        d.im_digit = self.test[0][p.example] * 255
        filters = self.network.filters.reshape(2, 4, 3, 3)
        scaled = 128 + 100 * filters / np.abs(filters).max()
        d.im_filters = np.zeros((7, 15))
        for row in range(2):
            for column in range(4):
                y, x = 4 * row, 4 * column
                d.im_filters[y:y + 3, x:x + 3] = scaled[row, column]
        d.im_error = self.scope.im_data
        d.str_result = 'update %d, error %.3f\ncorrect %.1f %%\nexample %d: a %d, taken for a %d' % (
            self.n_updates, error, 100 * np.mean(guesses == self.test[1]),
            p.example, self.test[1][p.example], guesses[p.example])


sim = Digits()
sim.main_init()
sim.init()
sim.step()
iv.IVisit_main(sim=sim)
